package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class NormalisationTest {
    @Test
    void offsetAndScaleAreThoseOfPixelsUpTo255() {
        Normalisation normalisation = new Normalisation(List.of(0.0, 0.5, 1.0), List.of(1.0, 0.5, 0.25));
        assertThat(normalisation.offset()).containsExactly(0, 127.5f, 255);
        assertThat(normalisation.scale())
                .containsExactly((float) (1 / 255.0), (float) (1 / 127.5), (float) (1 / 63.75));
    }

    @Test
    void aChannelWithoutSpreadIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Normalisation(List.of(0.0, 0.0, 0.0), List.of(1.0, Double.NaN, 1.0)))
                .withMessageContaining("each value must be above 0");
    }
}
