package io.resnetstreams.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkCostTest {
    /** The figures that torchvision's documentation gives for its weights. */
    @ParameterizedTest
    @CsvSource({
        "resnet18, 1.81",
        "resnet34, 3.66",
        "resnet50, 4.09",
        "resnet101, 7.80",
        "resnet152, 11.51",
        "resnext50_32x4d, 4.23",
        "resnext101_32x8d, 16.41",
        "wide_resnet50_2, 11.40",
        "wide_resnet101_2, 22.75"
    })
    void multiplyAddsAreThoseOfTorchvision(String name, double gflops) {
        NetworkCost cost = NetworkCost.of(ResNetArchitecture.of(name), 1_000, 224);
        assertThat(cost.multiplyAdds() / 1e9).isCloseTo(gflops, within(0.011));
    }

    @Test
    void activationsPeakInTheStem() {
        // The stem's output before pooling, 64×112×112, and beside it the image or the pooled planes, 64×56×56.
        long stem = 64L * 112 * 112 * 4;
        long pooled = 64L * 56 * 56 * 4;
        assertThat(NetworkCost.of(ResNetArchitecture.of("resnet18"), 1_000, 224).peakActivationBytes())
                .isEqualTo(stem + pooled);
    }

    @Test
    void twiceTheEdgeIsFourTimesTheWork() {
        ResNetArchitecture architecture = ResNetArchitecture.of("resnet20");
        long small = NetworkCost.of(architecture, 10, 32).multiplyAdds() - 640;
        assertThat(NetworkCost.of(architecture, 10, 64).multiplyAdds() - 640).isEqualTo(4 * small);
    }
}
