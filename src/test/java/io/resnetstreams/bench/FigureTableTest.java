package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.bench.FigureTable.Row;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FigureTableTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0.00",
                "0.0001234 | 0.000123",
                "0.98765 | 0.988",
                "1 | 1.00",
                "23.456 | 23.5",
                "999.4 | 999",
                "61000.7 | 61,001",
                "-2.5 | -2.50"
            })
    void doublesKeepThreeDigits(double value, String text) {
        assertThat(FigureTable.format(value)).isEqualTo(text);
    }

    @Test
    void wholeNumbersKeepAllDigits() {
        assertThat(FigureTable.format(4_294_967_297L)).isEqualTo("4,294,967,297");
        assertThat(FigureTable.format(7)).isEqualTo("7");
    }

    /** Lists the names that scenarios use. */
    @ParameterizedTest
    @CsvSource({
        "imagesPerSecond, /s",
        "imagesPerSecond12, /s",
        "fourDevicesPerSecond, /s",
        "ceiling, /s",
        "byBatch.8, /s",
        "toCeiling, ×",
        "pipelineTo, ×",
        "fourDevicesToOne, ×",
        "toImageIo12, ×",
        "5.toFloor.p99, ×",
        "5.p99, ms",
        "commitMillis, ms",
        "stages.queueWait, ms",
        "mxnet.byBatch.8, /s",
        "mxnet.stages.decode, ms",
        "onnxruntime.5.p99, ms",
        "bundled.mxnet.int8.toFp32, ×",
        "onnxruntimeToMxnet.imagesPerSecond, ×",
        "onnxruntimeToMxnet.byBatch.8, ×",
        "bundled.onnxruntimeToMxnet.int8.imagesPerSecond, ×"
    })
    void unitsComeFromNames(String name, String unit) {
        assertThat(FigureTable.rows(Map.of(name, 2.0))).containsExactly(new Row(name, "2.00 " + unit));
    }

    @ParameterizedTest
    @CsvSource({"meanBatch", "deviceBusy", "events", "seed", "tolerance", "cores"})
    void otherNamesHaveNoUnit(String name) {
        assertThat(FigureTable.rows(Map.of(name, 2.0))).containsExactly(new Row(name, "2.00"));
    }
}
