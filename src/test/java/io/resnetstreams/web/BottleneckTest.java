package io.resnetstreams.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BottleneckTest {
    @ParameterizedTest
    @CsvSource({
        // lag, its age, window, fetching, decode, device, whether events are processed, whether the device failed
        "0, 1, 0.00, 0.00, 0.00, 0.00, false, false, NONE",
        "0, 1, 0.10, 0.00, 0.20, 0.95, true,  false, NONE",
        "500, 1, 0.10, 0.00, 0.20, 0.50, true,  false, NONE",
        "500, 9, 0.10, 0.00, 0.20, 0.50, true,  false, ARRIVALS",
        "500, 1, 1.00, 0.00, 0.30, 0.95, true,  false, DEVICE",
        "0, 1, 0.30, 0.00, 0.30, 0.90, true,  false, DEVICE",
        "500, 1, 1.00, 0.00, 0.95, 0.40, true,  false, DECODE",
        "500, 1, 1.00, 0.00, 0.10, 0.40, true,  false, WINDOW",
        "500, 1, 1.00, 0.00, 0.10, 0.05, true,  false, LABELS",
        "500, 1, 1.00, 0.00, 0.00, 0.00, false, false, DEVICE",
        "500, 1, 0.00, 0.00, 0.00, 0.00, false, false, ARRIVALS",
        "0, 1, 0.00, 0.00, 0.00, 0.00, false, true,  DEVICE",
        "500, 1, 1.00, 0.60, 0.10, 0.05, true,  false, FETCH",
        "500, 1, 1.00, 0.90, 0.00, 0.00, false, false, FETCH",
        "500, 1, 1.00, 0.90, 0.10, 0.90, true,  false, DEVICE",
        "0, 1, 0.10, 0.90, 0.10, 0.10, true,  false, NONE",
    })
    void eventsWaitForWhatIsSlowest(
            long lag,
            double age,
            double window,
            double fetching,
            double decode,
            double device,
            boolean moves,
            boolean failed,
            Bottleneck.Stage expected) {
        Bottleneck found =
                Bottleneck.of(new Bottleneck.Signs(lag, age, window, fetching, decode, device, moves, failed));
        assertThat(found.stage()).isEqualTo(expected);
        assertThat(found.reason()).isNotBlank();
    }
}
