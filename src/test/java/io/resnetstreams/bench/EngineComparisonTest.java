package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.resnetstreams.model.network.EngineName;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineComparisonTest {
    private static Map<String, Object> figures(double rate, Map<String, Double> byBatch) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("imagesPerSecond", rate);
        figures.put("toCeiling", 0.5);
        figures.put("byBatch", byBatch);
        figures.put("stages", Map.of("decode", rate));
        return figures;
    }

    private static Map<String, Object> compare(Map<String, Object> mxNet, Map<String, Object> onnxRuntime) {
        Map<EngineName, Map<String, Object>> engines = new EnumMap<>(EngineName.class);
        engines.put(EngineName.ONNXRUNTIME, onnxRuntime);
        engines.put(EngineName.MXNET, mxNet);
        return EngineComparison.of(engines);
    }

    @Test
    void figuresOfOneEngineKeepTheirForm() {
        Map<String, Object> figures = figures(20, Map.of("1", 10.0));
        assertThat(EngineComparison.of(Map.of(EngineName.ONNXRUNTIME, figures))).isEqualTo(figures);
        assertThat(EngineComparison.engines(figures)).isEmpty();
    }

    @Test
    void figuresOfSeveralEnginesAreNestedAndTheirRatesCompared() {
        Map<String, Object> mxNet = figures(20, Map.of("1", 10.0, "8", 20.0));
        Map<String, Object> onnxRuntime = figures(30, Map.of("1", 5.0, "8", 30.0));
        Map<String, Object> compared = compare(mxNet, onnxRuntime);
        assertThat(compared)
                .containsExactly(
                        entry("mxnet", mxNet),
                        entry("onnxruntime", onnxRuntime),
                        entry(
                                "onnxruntimeToMxnet",
                                Map.of("imagesPerSecond", 1.5, "byBatch", Map.of("1", 0.5, "8", 1.5))));
        assertThat(EngineComparison.engines(compared))
                .isEqualTo(Map.of(EngineName.MXNET, mxNet, EngineName.ONNXRUNTIME, onnxRuntime));
    }

    @Test
    void aPrecisionThatOneEngineLacksHasNoRatio() {
        Map<String, Object> compared = compare(
                Map.of("fp32", Map.of("imagesPerSecond", 4.0), "bf16", Map.of("imagesPerSecond", 8.0)),
                Map.of("fp32", Map.of("imagesPerSecond", 5.0), "bf16", Map.of("unavailable", "no kernels")));
        assertThat(compared).containsEntry("onnxruntimeToMxnet", Map.of("fp32", Map.of("imagesPerSecond", 1.25)));
    }
}
