package io.resnetstreams.model.network;

import ai.djl.engine.Engine;
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
 * MXNet's own passes over a graph that DJL has no methods for, through the C API (include/mxnet/c_api.h). Graphs go in
 * and come out as JSON.
 *
 * <p>Threading: any; the engine keeps a call's results for its thread.
 */
public final class SymbolPasses {
    /** The subgraphs of oneDNN (then MKL-DNN) that have quantized forms. */
    private static final String BACKEND = "MKLDNN_QUANTIZE";

    private static final int[] CPU = {1};
    private static final byte TRUE = 1;

    private static final class Holder {
        /** Loaded by the engine, after which this finds the same one. */
        static final MxnetLibrary LIBRARY = load();

        private static MxnetLibrary load() {
            Engine.getEngine(MxNet.engine());
            return LibUtils.loadLibrary();
        }
    }

    private SymbolPasses() {}

    /**
     * A quantized graph.
     *
     * @param layers the outputs whose ranges {@link #calibrate} needs, by the graph's names before
     */
    public record Quantized(String json, List<String> layers) {}

    /** Reads a graph and writes it again, in the present version's form. */
    public static String reread(String json) {
        String[] text = new String[1];
        PointerByReference symbol = new PointerByReference();
        JnaUtils.checkCall(Holder.LIBRARY.MXSymbolCreateFromJSON(json, symbol));
        try {
            JnaUtils.checkCall(Holder.LIBRARY.MXSymbolSaveToJSON(symbol.getValue(), text));
            return text[0];
        } finally {
            Holder.LIBRARY.MXSymbolFree(symbol.getValue());
        }
    }

    /** Puts convolutions with what follows them (normalisation, sum, activation) into one operator each. */
    public static String fuse(String json) {
        return transform(json, (symbol, result) -> Holder.LIBRARY.MXGenBackendSubgraph(symbol, BACKEND, result));
    }

    /** Replaces operators by their int8 forms, and puts conversions between. */
    public static Quantized quantize(String json, List<String> excludedOperators) {
        IntBuffer count = IntBuffer.allocate(1);
        PointerByReference names = new PointerByReference();
        String[] none = {};
        String quantized = transform(
                json,
                (symbol, result) -> Holder.LIBRARY.MXQuantizeSymbol(
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

    /** Sets the ranges that outputs of layers have, so that they need not be found while running. */
    public static String calibrate(String quantizedJson, Map<String, ValueRange> ranges) {
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
                (symbol, result) -> Holder.LIBRARY.MXSetCalibTableToQuantizedSymbol(
                        symbol, layers.length, layers, low, high, result));
    }

    /** Makes another symbol of one. */
    @FunctionalInterface
    private interface Pass {
        int run(Pointer symbol, PointerByReference result);
    }

    private static String transform(String json, Pass pass) {
        PointerByReference symbol = new PointerByReference();
        JnaUtils.checkCall(Holder.LIBRARY.MXSymbolCreateFromJSON(json, symbol));
        try {
            PointerByReference result = new PointerByReference();
            JnaUtils.checkCall(pass.run(symbol.getValue(), result));
            try {
                String[] text = new String[1];
                JnaUtils.checkCall(Holder.LIBRARY.MXSymbolSaveToJSON(result.getValue(), text));
                return text[0];
            } finally {
                Holder.LIBRARY.MXSymbolFree(result.getValue());
            }
        } finally {
            Holder.LIBRARY.MXSymbolFree(symbol.getValue());
        }
    }
}
