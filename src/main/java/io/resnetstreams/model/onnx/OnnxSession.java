package io.resnetstreams.model.onnx;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A network in ONNX Runtime, on the CPU, for conversions and checks. Threading: one thread. */
public final class OnnxSession implements AutoCloseable {
    private static final AtomicInteger OPEN = new AtomicInteger();

    private final Model model;

    private OnnxSession(Model model) {
        this.model = model;
        OPEN.incrementAndGet();
    }

    /**
     * Loads a network.
     *
     * @throws IllegalArgumentException if ONNX Runtime can't load it; the message is ONNX Runtime's
     */
    public static OnnxSession load(OnnxModel network) throws IOException {
        return new OnnxSession(OnnxRuntime.load(network::writeForLoading, options -> {}));
    }

    /** Returns whether a network is open, so that the process must not exit normally. */
    public static boolean anyIsOpen() {
        return OPEN.get() > 0;
    }

    /** An output: its shape, and its values, row-major. */
    public record Output(long[] shape, float[] values) {}

    /** Runs the network on a batch: uint8 or float32, of this shape; a direct buffer is not copied. */
    public List<Output> run(Buffer values, boolean uint8, long... shape) {
        List<Output> results = new ArrayList<>();
        run(values, uint8, results::add, shape);
        return results;
    }

    /** Does the same, with one output after the other in Java's memory. */
    void run(Buffer values, boolean uint8, Consumer<Output> visitor, long... shape) {
        try (NDManager scope = model.getNDManager().newSubManager();
                NDArray input = scope.create(values, new Shape(shape), uint8 ? DataType.UINT8 : DataType.FLOAT32)) {
            NDList outputs = model.getBlock().forward(new ParameterStore(scope, false), new NDList(input), false);
            try (outputs) {
                for (NDArray output : outputs) {
                    visitor.accept(new Output(output.getShape().getShape(), output.toFloatArray()));
                    output.close();
                }
            }
        }
    }

    @Override
    public void close() {
        model.close();
        OPEN.decrementAndGet();
    }
}
