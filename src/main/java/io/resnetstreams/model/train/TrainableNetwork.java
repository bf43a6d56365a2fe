package io.resnetstreams.model.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.resnetstreams.model.ProbabilityRows;
import io.resnetstreams.model.network.MxNet;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ParameterShape.Kind;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetArchitecture.Block;
import io.resnetstreams.model.network.ResNetArchitecture.Shortcut;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A ResNet that is trained: the graph for serving, but with logits. One thread; arrays are valid until closed. */
final class TrainableNetwork implements AutoCloseable {
    private static final int STATE_HEADER_BYTES = 100_000;
    private static final int STATE_HEADER_BYTES_EACH = 1_000;

    private final SymbolNetwork network;
    private final Map<String, NDArray> arrays;
    private final int classes;
    private final double weightDecay;
    private final Map<String, NDArray> momenta = new LinkedHashMap<>();
    private final Map<String, NDArray> averages = new LinkedHashMap<>();

    /** @param start initial values by name; other parameters are initialised randomly from the seed */
    TrainableNetwork(
            ResNetArchitecture architecture,
            int classes,
            Normalisation normalisation,
            double weightDecay,
            long seed,
            Map<String, float[]> start) {
        ResNetSymbol symbol = ResNetSymbol.of(architecture, classes, ResNetSymbol.Output.LOGITS);
        this.classes = classes;
        this.weightDecay = weightDecay;
        SplittableRandom random = new SplittableRandom(seed);
        String lastScale = architecture.shortcut() == Shortcut.NONE
                ? "none"
                : architecture.block() == Block.BASIC ? ".bn2.weight" : ".bn3.weight";
        Map<String, float[]> initial = new LinkedHashMap<>();
        for (ParameterShape parameter : symbol.parameters().values()) {
            if (parameter.kind() == Kind.CONSTANT) {
                initial.put(parameter.name(), ResNetSymbol.constant(parameter, normalisation));
                continue;
            }
            float[] drawn = initial(parameter, lastScale, random);
            float[] given = start.get(parameter.name());
            initial.put(parameter.name(), given != null && given.length == drawn.length ? given : drawn);
        }
        this.network = new SymbolNetwork(symbol, parameter -> initial.get(parameter.name()));
        this.arrays = network.arrays();
        for (ParameterShape parameter : symbol.parameters().values()) {
            NDArray array = arrays.get(parameter.name());
            averages.put(parameter.name(), array.duplicate());
            if (parameter.kind() == Kind.TRAINED) {
                momenta.put(parameter.name(), array.zerosLike());
            }
        }
    }

    /**
     * He initialisation ("Delving Deep into Rectifiers", fan out) for convolutions. The scale of each block's last batch
     * normalisation is zero, so that blocks start as identities (Goyal et al., section 5.1).
     */
    private static float[] initial(ParameterShape parameter, String lastScale, SplittableRandom random) {
        float[] values = new float[parameter.size()];
        int[] shape = parameter.shape();
        if (shape.length == 4 && parameter.kind() == Kind.TRAINED) {
            double deviation = Math.sqrt(2.0 / (shape[0] * shape[2] * shape[3]));
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextGaussian() * deviation);
            }
        } else if (shape.length == 2) {
            double bound = 1 / Math.sqrt(shape[1]);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(-bound, bound);
            }
        } else if (parameter.name().endsWith("running_var")
                || parameter.name().endsWith(".weight") && !parameter.name().endsWith(lastScale)) {
            Arrays.fill(values, 1);
        }
        return values;
    }

    /**
     * Takes one step of gradient descent on pixels, uint8 N×H×W×3; {@code kept} is the decay of the moving average.
     * Returns the mean loss, and the number of images that were classified right before the step.
     */
    StepResult step(ByteBuffer pixels, Shape shape, int[] labels, double rate, double smoothing, double kept) {
        try (NDManager scope = network.manager().newSubManager()) {
            NDArray data = scope.create(pixels, shape, DataType.UINT8);
            NDArray targets = scope.create(targets(labels, smoothing), new Shape(labels.length, classes));
            NDArray logits;
            NDArray loss;
            try (GradientCollector collector = Engine.getEngine(MxNet.engine()).newGradientCollector()) {
                logits = network.forward(data, true, scope);
                loss = logits.logSoftmax(1).mul(targets).sum().neg().div(labels.length);
                collector.backward(loss);
            }
            update((float) rate);
            average((float) kept, scope);
            float[] scores = logits.toFloatArray();
            return new StepResult(loss.getFloat(), countRight(scores, labels));
        }
    }

    record StepResult(double loss, int right) {}

    private void update(float rate) {
        momenta.forEach((name, momentum) -> {
            NDArray array = arrays.get(name);
            // Only for the weights of convolutions and the dense layer.
            float decay = array.getShape().dimension() > 1 ? (float) weightDecay : 0;
            try (NDArray gradient = array.getGradient()) {
                NDList inputs = new NDList(array, gradient, momentum);
                array.getNDArrayInternal()
                        .nagUpdate(inputs, new NDList(array), rate, decay, 1, -1, TrainingOptions.MOMENTUM);
            }
        });
    }

    private void average(float kept, NDManager scope) {
        arrays.forEach((name, array) -> {
            NDArray share = array.mul(1 - kept);
            share.attach(scope);
            averages.get(name).muli(kept).addi(share);
        });
    }

    private float[] targets(int[] labels, double smoothing) {
        float[] targets = new float[labels.length * classes];
        Arrays.fill(targets, (float) (smoothing / classes));
        for (int i = 0; i < labels.length; i++) {
            targets[i * classes + labels[i]] += (float) (1 - smoothing);
        }
        return targets;
    }

    void swapAverages() {
        arrays.forEach((name, array) -> {
            NDArray average = averages.get(name);
            try (NDArray held = array.duplicate()) {
                average.copyTo(array);
                held.copyTo(average);
            }
        });
    }

    /** Returns the number of images that are classified right, with the running statistics. */
    int countRight(ByteBuffer pixels, Shape shape, int[] labels) {
        try (NDManager scope = network.manager().newSubManager()) {
            NDArray data = scope.create(pixels, shape, DataType.UINT8);
            return countRight(network.forward(data, false, scope).toFloatArray(), labels);
        }
    }

    private int countRight(float[] scores, int[] labels) {
        return (int) IntStream.range(0, labels.length)
                .filter(i -> ProbabilityRows.argmax(scores, i * classes, classes) == labels[i])
                .count();
    }

    Map<String, float[]> values() {
        Map<String, float[]> values = new LinkedHashMap<>();
        arrays.forEach((name, array) -> values.put(name, array.toFloatArray()));
        return values;
    }

    /** Writes values, momenta and averages as safetensors. */
    void writeState(OutputStream out) throws IOException {
        NDList state = new NDList();
        try (NDManager scope = network.manager().newSubManager()) {
            states().forEach((group, values) -> values.forEach((name, array) -> {
                NDArray copy = array.duplicate();
                copy.attach(scope);
                copy.setName(group + name);
                state.add(copy);
            }));
            state.encode(out, NDList.Encoding.SAFETENSORS);
        }
    }

    /** Returns the maximum number of bytes that {@link #writeState} writes. */
    int stateBytes() {
        long bytes = states().values().stream()
                .flatMap(values -> values.values().stream())
                .mapToLong(array -> STATE_HEADER_BYTES_EACH + Float.BYTES * array.size())
                .sum();
        return Math.toIntExact(STATE_HEADER_BYTES + bytes);
    }

    /** Reads what {@link #writeState} wrote; throws an {@link IllegalArgumentException} if it is another network's. */
    void readState(InputStream in) {
        try (NDManager scope = network.manager().newSubManager()) {
            Map<String, NDArray> read = new HashMap<>();
            NDList.decode(scope, in).forEach(array -> read.put(array.getName(), array));
            states().forEach((group, values) -> values.forEach((name, array) -> {
                NDArray stored = read.get(group + name);
                if (stored == null || !stored.getShape().equals(array.getShape())) {
                    throw new IllegalArgumentException("the checkpoint has "
                            + (stored == null ? "no " : stored.getShape() + " for ") + group + name + "; "
                            + array.getShape() + " is required");
                }
                stored.copyTo(array);
            }));
        }
    }

    private Map<String, Map<String, NDArray>> states() {
        return Map.of("value/", arrays, "momentum/", momenta, "average/", averages);
    }

    @Override
    public void close() {
        network.close();
    }
}
