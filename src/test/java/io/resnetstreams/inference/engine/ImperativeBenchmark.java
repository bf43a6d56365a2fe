package io.resnetstreams.inference.engine;

import ai.djl.Device;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.XavierInitializer;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Compares ResNet-50 on one worker: the symbol with the engine's fusion, the symbol with batch norm folded here, and
 * DJL's imperative ResNetV1. {@code src/test/bench/imperative.sh} runs it.
 */
final class ImperativeBenchmark {
    private static final int ROUNDS = 5;
    private static final int SIDE = 224;

    private ImperativeBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        ModelDirectory directory = ModelDirectory.load(Path.of(arguments[0]));
        try (DeviceModel fused = DeviceModel.load(new MxNetEngine(false), directory, ComputeDevice.CPU, 1, 32);
                DeviceModel folded = DeviceModel.load(new MxNetEngine(true), directory, ComputeDevice.CPU, 1, 32);
                NDManager manager = NDManager.newBaseManager(Device.cpu(), "MXNet")) {
            Block block = ResNetV1.builder()
                    .setImageShape(new Shape(3, SIDE, SIDE))
                    .setNumLayers(50)
                    .setOutSize(1_000)
                    .build();
            block.setInitializer(new XavierInitializer(), ai.djl.nn.Parameter.Type.WEIGHT);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, SIDE, SIDE));
            for (int batch : new int[] {8, 32}) {
                compare(fused.classifiers().get(0), folded.classifiers().get(0), block, manager, batch);
            }
            fused.classifiers().forEach(Classifier::close);
            folded.classifiers().forEach(Classifier::close);
        }
    }

    private static void compare(Classifier fused, Classifier folded, Block block, NDManager manager, int batch) {
        List<byte[]> images = Collections.nCopies(batch, new byte[SIDE * SIDE * 3]);
        ParameterStore store = new ParameterStore(manager, false);
        List<Runnable> candidates = List.of(() -> fused.classify(images), () -> folded.classify(images), () -> {
            try (NDManager scope = manager.newSubManager()) {
                NDArray input = scope.zeros(new Shape(batch, 3, SIDE, SIDE));
                NDArray output = block.forward(store, new NDList(input), false).singletonOrThrow();
                output.attach(scope);
                output.toFloatArray();
            }
        });
        List<List<Double>> rates = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int round = -1; round < ROUNDS; round++) {
            for (int candidate = 0; candidate < candidates.size(); candidate++) {
                int repeats = candidate == 2 ? 1 : Math.max(1, 32 / batch);
                long start = System.nanoTime();
                for (int i = 0; i < repeats; i++) {
                    candidates.get(candidate).run();
                }
                if (round >= 0) {
                    rates.get(candidate).add(batch * repeats * 1e9 / (System.nanoTime() - start));
                }
            }
        }
        double[] medians = rates.stream()
                .mapToDouble(list -> list.stream().sorted().toList().get(ROUNDS / 2))
                .toArray();
        System.out.printf(
                Locale.ROOT,
                "batch %d: fused by the engine %.1f, folded here %.1f, imperative %.2f images/s; fused to imperative %.1f"
                        + " (rounds %s)%n",
                batch,
                medians[0],
                medians[1],
                medians[2],
                medians[0] / medians[2],
                Arrays.toString(rates.toArray()));
    }
}
