package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.model.ProbabilityRows;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchTest {
    @TempDir
    private Path folder;

    private BenchSettings settings() {
        return settings(1, 1, "auto");
    }

    private BenchSettings settings(int rounds, int seconds, String... engines) {
        return settings(List.of(engines), rounds, seconds, "cpu");
    }

    private BenchSettings settings(List<String> engines, int rounds, int seconds, String device) {
        Path bundled = Path.of("models", "resnet20-fashion-mnist");
        return new BenchSettings(rounds, seconds, null, folder, bundled, engines, device);
    }

    @Test
    void candidatesAlternateAndTheFirstRoundIsDiscarded() throws Exception {
        List<String> order = new ArrayList<>();
        double[] a = {1_000, 1, 3, 2};
        int[] calls = {0, 0};
        Rounds rounds = new Rounds(3)
                .add("a", () -> {
                    order.add("a");
                    return a[calls[0]++];
                })
                .add("b", () -> {
                    order.add("b");
                    return 7.0;
                });
        Map<String, Double> medians = rounds.medians();
        assertThat(order).containsExactly("a", "b", "a", "b", "a", "b", "a", "b");
        assertThat(medians).containsEntry("a", 2.0).containsEntry("b", 7.0);
        assertThat(rounds.ratios("a", "b")).containsExactly(1.0 / 7, 3.0 / 7, 2.0 / 7);
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMiddlesMean() {
        assertThat(Rounds.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
    }

    @Test
    void scenariosThatFitIntoTheTimeAreChosen() {
        BenchSettings usual = settings(5, 5, "auto");
        assertThat(Benchmarks.fitting(usual, 480)).contains("pipeline").doesNotContain("growth");
        assertThat(Benchmarks.fitting(usual, 100_000)).isEqualTo(Benchmarks.names());
        assertThat(Benchmarks.fitting(usual, 1)).isEmpty();
        assertThat(Benchmarks.fitting(settings(100, 600, "auto"), 480)).isEmpty();
        BenchSettings few = settings(1, 1, "auto");
        assertThat(Benchmarks.fitting(few, 480)).containsAll(Benchmarks.fitting(usual, 480));
    }

    @Test
    void aSecondEngineDoublesTheTimeOfTheScenariosThatCompareEngines() {
        BenchSettings one = settings(5, 5, "mxnet");
        BenchSettings two = settings(5, 5, "mxnet", "onnxruntime");
        assertThat(Benchmarks.fitting(one, 330)).contains("ceiling");
        assertThat(Benchmarks.fitting(two, 330)).doesNotContain("ceiling").contains("pipeline");
        assertThat(Benchmarks.fitting(two, 660)).contains("ceiling");
    }

    @Test
    void enginesAndDevicesHaveKnownNames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(1, 1, "mxnet", "tensorflow"))
                .withMessage("engine is 'tensorflow'; allowed are auto, mxnet, onnxruntime");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(1, 1, "auto", "mxnet"))
                .withMessageStartingWith("engine is 'auto,mxnet'; auto selects one engine");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(List.of("auto"), 1, 1, "tpu"))
                .withMessage("device is 'tpu'; allowed are auto, cpu, gpu and gpu:N");
        assertThat(settings(1, 1, "mxnet", "mxnet").engines()).containsExactly("mxnet");
    }

    @Test
    void anotherProcessGetsTheOnlyEngineAndTheDevice() {
        assertThat(settings(List.of("onnxruntime"), 1, 1, "gpu:1").engineKeys())
                .containsExactly("engine=onnxruntime", "device=gpu:1");
        assertThat(settings(1, 1, "mxnet", "onnxruntime").engineKeys()).containsExactly("engine=auto", "device=cpu");
    }

    @Test
    void enginesNeedAScenarioThatRunsThem() {
        BenchSettings one = settings(1, 1, "mxnet");
        BenchSettings two = settings(1, 1, "mxnet", "onnxruntime");
        assertThatNoException().isThrownBy(() -> Benchmarks.requireNetwork(List.of("decode", "memory"), one));
        assertThatNoException().isThrownBy(() -> Benchmarks.requireNetwork(List.of("memory", "precision"), two));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Benchmarks.requireNetwork(List.of("overhead", "decode"), one))
                .withMessage(
                        "engine and device are used by ceiling, pipeline, perRecord, drainAtCommit, references, latency,"
                                + " precision, memory, startup; named are only overhead, decode");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Benchmarks.requireNetwork(List.of("memory"), two))
                .withMessage("engines are compared by ceiling, pipeline, perRecord, drainAtCommit, references, latency,"
                        + " precision; named are only memory");
    }

    /** Expects MXNet's published rates; between batches of 8 and 32, the time of a batch is interpolated. */
    @ParameterizedTest
    @CsvSource({"1, 162", "8, 699", "32, 1077", "20, 971.9"})
    void theSimulatedDeviceTakesThePublishedTimes(int batch, double imagesPerSecond) {
        assertThat(batch * 1e9 / new SimulatedDeviceScenario.SimulatedDevice().nanos(batch))
                .isCloseTo(imagesPerSecond, within(0.5));
    }

    @Test
    void aNetworkWithoutWorkReturnsProbabilities() {
        List<byte[]> images = List.of(new byte[3], new byte[3]);
        assertThat(ProbabilityRows.classify(new Service.ConstantNetwork(10), images))
                .hasDimensions(2, 10);
    }

    @Test
    void generatedPhotographsAreJpegsOfUsualSizes() throws Exception {
        List<byte[]> made = Photographs.read(null);
        assertThat(made).hasSizeGreaterThan(40);
        assertThat(ImageIO.read(new ByteArrayInputStream(made.get(0))).getWidth())
                .isEqualTo(500);
        assertThat(Photographs.made(500, 375, 1)).isEqualTo(Photographs.made(500, 375, 1));
    }

    @Test
    void aFolderWithoutPhotographsIsRefused() throws Exception {
        Files.writeString(folder.resolve("x.txt"), "no image");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Photographs.read(folder))
                .withMessageContaining("no .jpg");
    }

    @Test
    void anUnknownScenarioIsRefusedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Benchmarks.requireKnown(List.of("overhead", "speed")))
                .withMessageContainingAll("'speed'", "ceiling", "overhead", "decode");
    }

    /** Checks that every event is processed, at any rate, so that the result does not depend on the machine. */
    @Test
    @Tag("full") // Measures for half a minute; the tests above cover rounds, medians and the choice of scenarios.
    void theTopologysOverheadIsMeasured() throws Exception {
        Map<String, Object> figures = OverheadScenario.run(settings());
        assertThat(figures)
                .containsOnlyKeys(
                        "eventsPerSecond",
                        "passThroughPerSecond",
                        "bareLoopPerSecond",
                        "toPassThrough",
                        "toBareLoop",
                        "processorMicros",
                        "processorToPassThrough",
                        "processorToBareLoop",
                        "withMetricsPerSecond",
                        "withMetricsTo",
                        "withMetricsLeast",
                        "withMetricsMost");
        assertThat(figures.get("processorMicros"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Double.class))
                .containsOnlyKeys("pipeline", "withMetrics", "passThrough", "bareLoop")
                .allSatisfy((candidate, micros) -> assertThat(micros).isPositive());
        figures.remove("processorMicros");
        assertThat(figures.values())
                .allSatisfy(figure -> assertThat((double) figure).isPositive());
    }
}
