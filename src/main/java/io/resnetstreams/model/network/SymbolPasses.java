package io.resnetstreams.model.network;

import ai.djl.mxnet.jna.JnaUtils;
import ai.djl.mxnet.jna.LibUtils;
import ai.djl.mxnet.jna.MxnetLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Map;

/**
 * MXNet's own passes over a graph, as JSON, for which DJL has no methods, through the C API (include/mxnet/c_api.h).
 * Thread-safe; the engine keeps a call's results per thread.
 */
public final class SymbolPasses {
    /** The subgraphs of oneDNN (then MKL-DNN) that have quantized forms. */
    private static final String BACKEND = "MKLDNN_QUANTIZE";

    private static final int[] CPU = {1};
    private static final byte TRUE = 1;

    private static final MxnetLibrary LIBRARY = load();

    private SymbolPasses() {}

    /** Returns the library that the engine has loaded. */
    private static MxnetLibrary load() {
        MxNet.engine();
        return LibUtils.loadLibrary();
    }

    /** A graph, and the layers whose ranges {@link #setRanges} needs, by their names before quantization. */
    public record Quantized(String json, List<String> layers) {}

    /** The least and the greatest value of a layer's output. */
    public record Range(float low, float high) {
        public Range union(Range other) {
            return new Range(Math.min(low, other.low), Math.max(high, other.high));
        }
    }

    /** Upgrades a graph of an earlier version of the format. */
    public static String upgrade(String json) {
        return transform(json, LIBRARY::MXSymbolCopy);
    }

    /** Fuses each convolution with the normalisation, sum and activation that follow it. */
    public static String fuse(String json) {
        return transform(json, (symbol, result) -> LIBRARY.MXGenBackendSubgraph(symbol, BACKEND, result));
    }

    /** Replaces operators by their int8 forms, and inserts conversions between them. */
    public static Quantized quantize(String json, List<String> excludedOperators) {
        IntBuffer count = IntBuffer.allocate(1);
        PointerByReference names = new PointerByReference();
        String[] none = {};
        String quantized = transform(
                json,
                (symbol, result) -> LIBRARY.MXQuantizeSymbol(
                        symbol,
                        result,
                        CPU,
                        none.length,
                        none,
                        excludedOperators.size(),
                        excludedOperators.toArray(String[]::new),
                        none.length,
                        none,
                        "auto",
                        TRUE,
                        "full",
                        "tensor-wise",
                        count,
                        names));
        return new Quantized(quantized, List.of(names.getValue().getStringArray(0, count.get(0))));
    }

    /** Sets the ranges of layers' outputs, so that the engine does not compute them for each batch. */
    public static String setRanges(String quantizedJson, Map<String, Range> ranges) {
        String[] layers = ranges.keySet().toArray(String[]::new);
        FloatBuffer low = FloatBuffer.allocate(layers.length);
        FloatBuffer high = FloatBuffer.allocate(layers.length);
        for (String layer : layers) {
            low.put(ranges.get(layer).low());
            high.put(ranges.get(layer).high());
        }
        low.rewind();
        high.rewind();
        return transform(
                quantizedJson,
                (symbol, result) ->
                        LIBRARY.MXSetCalibTableToQuantizedSymbol(symbol, layers.length, layers, low, high, result));
    }

    private interface Pass {
        int run(Pointer symbol, PointerByReference result);
    }

    private static String transform(String json, Pass pass) {
        Pointer symbol = JnaUtils.createSymbolFromString(json);
        try {
            PointerByReference result = new PointerByReference();
            JnaUtils.checkCall(pass.run(symbol, result));
            try {
                return JnaUtils.getSymbolString(result.getValue());
            } finally {
                JnaUtils.freeSymbol(result.getValue());
            }
        } finally {
            JnaUtils.freeSymbol(symbol);
        }
    }
}
