package io.resnetstreams.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.mxnet.engine.MxNDManager;
import ai.djl.mxnet.engine.MxSymbolBlock;
import ai.djl.mxnet.engine.Symbol;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The network computes what torchvision's does with the same weights. */
class ResNetParityTest {
    private static final Path REFERENCE = Path.of("..", "shared", "parity", "torchvision-seed1.json");
    private static final int SIZE = 224;
    private static final int CLASSES = 1_000;
    private static final double TOLERANCE = 1e-3;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50"})
    void logitsAreThoseOfTorchvision(String name) throws IOException {
        JsonNode reference = reference();
        JsonNode expected = reference.get("models").get(name);
        float[] logits = logits(name, new ParityWeights(reference.get("seed").asInt()));
        double largest = 0;
        int argmax = 0;
        double squares = 0;
        for (int i = 0; i < logits.length; i++) {
            largest = Math.max(largest, Math.abs(logits[i]));
            argmax = logits[i] > logits[argmax] ? i : argmax;
            squares += (double) logits[i] * logits[i];
        }
        JsonNode first = expected.get("logits").get(0);
        for (int i = 0; i < first.size(); i++) {
            assertThat((double) logits[i])
                    .as("logit %d", i)
                    .isCloseTo(first.get(i).asDouble(), within(TOLERANCE * largest));
        }
        assertThat(argmax).isEqualTo(expected.get("argmax").get(0).asInt());
        double norm = expected.get("l2").get(0).asDouble();
        assertThat(Math.sqrt(squares)).isCloseTo(norm, within(TOLERANCE * norm));
    }

    private static JsonNode reference() throws IOException {
        if (!Files.isRegularFile(REFERENCE)) {
            String reason = "skipped: the reference values " + REFERENCE + " are not here";
            System.out.println("ResNetParityTest " + reason);
            assumeTrue(false, reason);
        }
        return new ObjectMapper().readTree(REFERENCE.toFile());
    }

    private float[] logits(String name, ParityWeights weights) throws IOException {
        ResNetSymbol symbol = ResNetSymbol.of(ResNetArchitecture.of(name), CLASSES, ResNetSymbol.Output.LOGITS);
        Path file = Files.writeString(folder.resolve(name + "-symbol.json"), symbol.json());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "MXNet")) {
            MxSymbolBlock block = new MxSymbolBlock(manager, Symbol.load((MxNDManager) manager, file.toString()));
            block.setInputNames(List.of(ResNetSymbol.INPUT));
            for (Parameter parameter : block.getAllParameters()) {
                ParameterShape shape = symbol.parameters().get(parameter.getName());
                if (shape != null) {
                    long[] extents = Arrays.stream(shape.shape()).asLongStream().toArray();
                    parameter.setArray(manager.create(weights.values(shape), new Shape(extents)));
                }
            }
            NDArray image = manager.create(weights.image(SIZE), new Shape(1, SIZE, SIZE, 3));
            ParameterStore store = new ParameterStore(manager, false);
            return block.forward(store, new NDList(image), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }
}
