package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisturbanceTest {
    private static Map<String, Object> pipeline(double toCeiling) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("toCeiling", toCeiling);
        Disturbance.mark(figures, toCeiling);
        return figures;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.011, 1.37, Double.POSITIVE_INFINITY})
    void aPipelineAboveItsCeilingIsMarked(double toCeiling) {
        assertThat(pipeline(toCeiling)).containsOnlyKeys("toCeiling", "disturbed");
        assertThat(Disturbance.of(pipeline(toCeiling)))
                .singleElement()
                .asString()
                .startsWith("the pipeline is faster than the network alone")
                .endsWith("measure again");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9, 1, 1.009, Double.NaN})
    void aPipelineUpToItsCeilingIsNotMarked(double toCeiling) {
        assertThat(pipeline(toCeiling)).containsOnlyKeys("toCeiling");
        assertThat(Disturbance.of(pipeline(toCeiling))).isEmpty();
    }

    @Test
    void marksOfNestedFiguresAreFoundWithTheirPath() {
        Map<String, Object> engines = new LinkedHashMap<>();
        engines.put("mxnet", Map.of("fp32", pipeline(0.8), "int8", pipeline(1.1)));
        engines.put("onnxruntime", Map.of("fp32", pipeline(1.2)));
        assertThat(Disturbance.of(Map.of("bundled", engines)))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("bundled: mxnet: int8: the pipeline"),
                        second -> assertThat(second).startsWith("bundled: onnxruntime: fp32: the pipeline"));
    }
}
