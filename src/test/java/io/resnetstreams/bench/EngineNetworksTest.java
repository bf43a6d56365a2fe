package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.model.ModelDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.MapAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests measurements of the bundled model on the engines themselves. */
class EngineNetworksTest {
    private static final Path BUNDLED = Path.of("models", "resnet20-fashion-mnist");

    @TempDir
    private Path folder;

    private BenchSettings settings(String... engines) {
        return new BenchSettings(1, 1, null, folder, BUNDLED, List.of(engines), "cpu");
    }

    private Map<String, Object> ceiling(String... engines) throws Exception {
        BenchSettings settings = settings(engines);
        try (EngineNetworks networks = new EngineNetworks(settings, ModelDirectory.load(BUNDLED), null)) {
            return NetworkScenarios.ceiling(settings, networks, 8);
        }
    }

    private static MapAssert<String, Object> assertFigures(Object figures) {
        return assertThat(figures).asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class));
    }

    private static double rate(Object figures) {
        return (double) ((Map<?, ?>) figures).get("imagesPerSecond");
    }

    @Test
    void oneEngineHasTheFiguresOfTheNetworkAlone() throws Exception {
        Map<String, Object> figures = ceiling("onnxruntime");
        assertThat(figures)
                .containsOnlyKeys("engine", "device", "imagesPerSecond", "byBatch")
                .containsEntry("engine", "onnxruntime")
                .containsEntry("device", "cpu")
                .containsEntry("byBatch", Map.of("8", rate(figures)));
        assertThat(rate(figures)).isPositive();
    }

    @Test
    void twoEnginesAreComparedInOneRunInTheSameOrder() throws Exception {
        Map<String, Object> figures = ceiling("onnxruntime", "mxnet");
        assertThat(figures).containsOnlyKeys("mxnet", "onnxruntime", "onnxruntimeToMxnet");
        double ratio = rate(figures.get("onnxruntime")) / rate(figures.get("mxnet"));
        assertThat(figures)
                .containsEntry("onnxruntimeToMxnet", Map.of("imagesPerSecond", ratio, "byBatch", Map.of("8", ratio)));
    }

    @Test
    void anEngineThatCannotRunTheModelIsReported() throws Exception {
        ModelDirectory int8 = ModelDirectory.load(Path.of("models", "resnet20-fashion-mnist-int8"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineNetworks(settings("mxnet", "onnxruntime"), int8, null))
                .withMessageContaining("can't be run by ONNX Runtime");
    }

    @Test
    @Tag("full") // Starts brokers and measures for half a minute; the tests above cover the comparison.
    void enginesAreComparedInThePipelineAndInEachPrecision() throws Exception {
        BenchSettings settings = settings("mxnet", "onnxruntime");
        try (KafkaSetup kafka = new KafkaSetup(settings, "broker");
                EngineNetworks networks = new EngineNetworks(settings, ModelDirectory.load(BUNDLED), kafka)) {
            kafka.supply(KafkaSetup.INPUT, Photographs.samples(BUNDLED), 20_000);
            Map<String, Object> figures = NetworkScenarios.pipeline(settings, networks);
            assertFigures(figures.get("onnxruntime"))
                    .containsKeys("engine", "device", "imagesPerSecond", "ceiling", "toCeiling", "stages");
            assertFigures(figures.get("onnxruntimeToMxnet")).containsOnlyKeys("imagesPerSecond", "ceiling");
        }
        Map<String, Object> precisions = PrecisionScenario.bundled(settings);
        for (String engine : List.of("mxnet", "onnxruntime")) {
            assertFigures(precisions.get(engine)).containsOnlyKeys("engine", "device", "fp32", "bf16", "int8");
        }
        assertFigures(precisions.get("onnxruntimeToMxnet"))
                .containsKeys("fp32", "int8")
                .doesNotContainKey("bf16");
    }
}
