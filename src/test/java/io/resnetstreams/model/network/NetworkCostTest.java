package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkCostTest {
    /** The expected figures are from torchvision's documentation of its weights. */
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
        "wide_resnet101_2, 22.75",
        "resnext101_64x4d, 15.46"
    })
    void multiplyAddsAreThoseOfTorchvision(String name, double gflops) {
        NetworkCost cost = NetworkCost.of(ResNetArchitecture.of(name), 1_000, 224);
        assertThat(cost.multiplyAdds() / 1e9).isCloseTo(gflops, within(0.011));
    }

    /** Dilation makes a stage four times as large, except for the convolutions before the stride. */
    @Test
    void dilationCostsAsMuchAsTheSizeItKeeps() {
        long plain =
                NetworkCost.of(ResNetArchitecture.of("resnet50"), 1_000, 224).multiplyAdds();
        // The last stage at 7×7, without its first convolution, which works at 14×14 in any case.
        long stage = 49L * (3 * 9 * 512 * 512 + 3 * 512 * 2_048 + 2 * 2_048 * 512 + 1_024 * 2_048);
        assertThat(NetworkCost.of(ResNetArchitecture.of("resnet50_os16"), 1_000, 224)
                        .multiplyAdds())
                .isEqualTo(plain + 3 * stage);
    }

    /** The paper's table 1 states 3.8; "v1.5" needs 4.09. */
    @Test
    void thePapersStrideCostsLess() {
        NetworkCost cost = NetworkCost.of(ResNetArchitecture.of("resnet50_v1"), 1_000, 224);
        assertThat(cost.multiplyAdds() / 1e9).isCloseTo(3.86, within(0.011));
    }

    @Test
    void theDeepStemReplacesOneConvolutionByThree() {
        long plain =
                NetworkCost.of(ResNetArchitecture.of("resnet50"), 1_000, 224).multiplyAdds();
        long more = 112L * 112 * (3 * 32 * 9 + 32 * 32 * 9 + 32 * 64 * 9 - 3 * 64 * 49);
        assertThat(NetworkCost.of(ResNetArchitecture.of("resnet50d"), 1_000, 224)
                        .multiplyAdds())
                .isEqualTo(plain + more);
    }

    @Test
    void activationsPeakInTheStem() {
        // The stem's output before pooling, 64×112×112, is held together with the image or the pooled planes, 64×56×56.
        long stem = 64L * 112 * 112 * 4;
        long pooled = 64L * 56 * 56 * 4;
        assertThat(NetworkCost.of(ResNetArchitecture.of("resnet18"), 1_000, 224).peakActivationBytes())
                .isEqualTo(stem + pooled);
    }

    @Test
    void doublingTheEdgeQuadruplesTheWork() {
        ResNetArchitecture architecture = ResNetArchitecture.of("resnet20");
        long small = NetworkCost.of(architecture, 10, 32).multiplyAdds() - 640;
        assertThat(NetworkCost.of(architecture, 10, 64).multiplyAdds() - 640).isEqualTo(4 * small);
    }
}
