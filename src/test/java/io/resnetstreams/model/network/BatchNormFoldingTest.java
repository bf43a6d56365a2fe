package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.resnetstreams.model.convert.FormulaWeights;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchNormFoldingTest {
    private static final int CLASSES = 10;
    private static final int SIZE = 64;

    private static ResNetSymbol symbol(String architecture) {
        return ResNetSymbol.of(ResNetArchitecture.of(architecture), CLASSES, ResNetSymbol.Output.LOGITS);
    }

    private static Map<String, float[]> values(ResNetSymbol symbol) {
        Map<String, float[]> values = new HashMap<>();
        FormulaWeights weights = new FormulaWeights(4);
        symbol.parameters().forEach((name, parameter) -> values.put(name, weights.values(parameter)));
        return values;
    }

    private static float[] logits(ResNetSymbol symbol, Map<String, float[]> values) throws IOException {
        try (SymbolNetwork network = new SymbolNetwork(symbol, parameter -> values.get(parameter.name()));
                NDManager scope = network.manager().newSubManager()) {
            float[] images = new FormulaWeights(4).images(SIZE);
            return network.forward(scope.create(images, new Shape(2, SIZE, SIZE, 3)), false, scope)
                    .toFloatArray();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet20",
                "resnet20_a",
                "plain20",
                "resnet18",
                "resnet50",
                "resnext50_32x4d",
                "resnet50_v1_os8",
                "resnet18d",
                "resnet18_cifar"
            })
    void outputsStayTheSame(String architecture) throws IOException {
        ResNetSymbol symbol = symbol(architecture);
        Map<String, float[]> values = values(symbol);
        float[] expected = logits(symbol, values);
        Network folded = BatchNormFolding.fold(new Network(symbol, values));
        float[] found = logits(folded.symbol(), folded.values());
        float largest = 0;
        for (float logit : expected) {
            largest = Math.max(largest, Math.abs(logit));
        }
        assertThat(found).containsExactly(expected, within(1e-4f * largest));
    }

    @Test
    void noNormalisationIsLeft() {
        ResNetSymbol symbol = symbol("resnet50");
        Network network = BatchNormFolding.fold(new Network(symbol, values(symbol)));
        assertThat(network.symbol().json()).doesNotContain("BatchNorm");
        assertThat(network.values().keySet()).noneMatch(name -> name.contains("running"));
    }

    @Test
    void theValuesGivenAreNotChanged() {
        ResNetSymbol symbol = symbol("resnet20");
        Map<String, float[]> values = values(symbol);
        float first = values.get("conv1.weight")[0];
        BatchNormFolding.fold(new Network(symbol, values));
        assertThat(values.get("conv1.weight")[0]).isEqualTo(first);
        assertThat(values).containsKey("bn1.running_mean");
    }
}
