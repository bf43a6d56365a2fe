package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.resnetstreams.model.convert.FormulaWeights;
import io.resnetstreams.model.network.ResNetArchitecture.Block;
import io.resnetstreams.model.network.ResNetArchitecture.Shortcut;
import io.resnetstreams.model.network.ResNetArchitecture.Stem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares the gradients of each kind of block with central differences. */
class GradientTest {
    private static final int SIZE = 8;
    private static final int IMAGES = 4;
    private static final int CLASSES = 3;
    private static final float STEP = 2e-3f;
    private static final long SEED = 11;

    /** Networks with one block per stage. */
    enum Network {
        PROJECTION(Block.BASIC, Shortcut.PROJECTION, 1, false, 0),
        PADDING(Block.BASIC, Shortcut.PADDING, 1, false, 0),
        PLAIN(Block.BASIC, Shortcut.NONE, 1, false, 0),
        AVERAGED(Block.BASIC, Shortcut.AVERAGE_PROJECTION, 1, false, 0),
        BOTTLENECK(Block.BOTTLENECK, Shortcut.PROJECTION, 1, false, 0),
        STRIDE_FIRST(Block.BOTTLENECK, Shortcut.PROJECTION, 1, true, 0),
        DILATED(Block.BOTTLENECK, Shortcut.PROJECTION, 1, false, 1),
        GROUPS(Block.BOTTLENECK, Shortcut.PROJECTION, 2, false, 0);

        private final ResNetArchitecture architecture;

        Network(Block block, Shortcut shortcut, int groups, boolean strideFirst, int dilatedStages) {
            architecture = new ResNetArchitecture(
                    name(), block, Stem.SMALL, shortcut, List.of(1, 2), 4, groups, 64, strideFirst, dilatedStages);
        }
    }

    @SuppressWarnings("try") // the collector must be open but is not used
    private static double loss(SymbolNetwork network, float[] pixels, NDManager scope) {
        // Outside a collector, batch normalisation would use its running statistics.
        try (GradientCollector collector = Engine.getEngine(MxNet.engine()).newGradientCollector()) {
            return forward(network, pixels, scope).getFloat();
        }
    }

    /** Returns a weighted sum of the outputs, so that each output contributes differently. */
    private static NDArray forward(SymbolNetwork network, float[] pixels, NDManager scope) {
        NDArray images = scope.create(pixels, new Shape(IMAGES, SIZE, SIZE, 3));
        NDArray weights = scope.arange(1f, IMAGES * CLASSES + 1f).reshape(IMAGES, CLASSES);
        return network.forward(images, true, scope).mul(weights).sum();
    }

    private static float[] pixels() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] pixels = new float[IMAGES * SIZE * SIZE * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble(-1, 1);
        }
        return pixels;
    }

    @ParameterizedTest
    @EnumSource
    void gradientsEqualCentralDifferences(Network kind) throws IOException {
        ResNetSymbol symbol = ResNetSymbol.of(kind.architecture, CLASSES, ResNetSymbol.Output.LOGITS);
        FormulaWeights weights = new FormulaWeights(SEED);
        float[] pixels = pixels();
        try (SymbolNetwork network = new SymbolNetwork(symbol, weights::values);
                NDManager scope = network.manager().newSubManager()) {
            try (GradientCollector collector = Engine.getEngine(MxNet.engine()).newGradientCollector()) {
                collector.backward(forward(network, pixels, scope));
            }
            SplittableRandom random = new SplittableRandom(SEED);
            for (Map.Entry<String, NDArray> parameter : network.arrays().entrySet()) {
                if (symbol.parameters().get(parameter.getKey()).kind() != ParameterShape.Kind.TRAINED) {
                    continue;
                }
                float[] gradient = parameter.getValue().getGradient().toFloatArray();
                double norm = 0;
                for (float value : gradient) {
                    norm += value * value;
                }
                norm = Math.sqrt(norm);
                // The direction is random, since a single weight would change the loss by less than its rounding error.
                float[] values = parameter.getValue().toFloatArray();
                float[] direction = new float[values.length];
                double expected = 0;
                for (int i = 0; i < values.length; i++) {
                    direction[i] = (float) ((random.nextBoolean() ? 1 : -1) / Math.sqrt(values.length));
                    expected += gradient[i] * direction[i];
                }
                double difference = (moved(network, parameter.getValue(), values, direction, STEP, pixels, scope)
                                - moved(network, parameter.getValue(), values, direction, -STEP, pixels, scope))
                        / (2 * STEP);
                assertThat(difference)
                        .as("seed %d, %s, norm %f", SEED, parameter.getKey(), norm)
                        .isCloseTo(expected, within(0.05 * norm + 0.1));
            }
        }
    }

    private static double moved(
            SymbolNetwork network,
            NDArray array,
            float[] values,
            float[] direction,
            float step,
            float[] pixels,
            NDManager scope) {
        float[] moved = values.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += step * direction[i];
        }
        array.set(moved);
        double loss = loss(network, pixels, scope);
        array.set(values);
        return loss;
    }
}
