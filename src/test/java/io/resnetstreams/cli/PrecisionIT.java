package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.kafka.TopicScan;
import io.resnetstreams.metrics.Samples;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code precision.mode=auto} with the engines: calibrated on the events of a topic, on the samples of the model and on named
 * images. On a processor that does not run int8 faster, its refusal is tested instead.
 */
class PrecisionIT {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(180);
    private static final int ENOUGH = 330;

    @TempDir
    private Path folder;

    /** Copies the bundled model, so that nothing is written beside it. */
    private Path model(boolean withSamples) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("models").resolve("mine"));
        try (Stream<Path> files = Files.walk(MODEL)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path relative = MODEL.relativize(file);
                if (withSamples || !relative.startsWith("samples")) {
                    Files.createDirectories(copy.resolve(relative).getParent());
                    Files.copy(file, copy.resolve(relative));
                }
            }
        }
        return copy;
    }

    private static List<Path> images() throws IOException {
        try (Stream<Path> files = Files.list(TestCluster.SAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".png"))
                    .sorted()
                    .toList();
        }
    }

    /** Sends images spread over all classes, and an event that is not an image. */
    private static void send(TestCluster cluster, int count) throws IOException {
        String topic = cluster.configuration().topics().input();
        List<Path> images = images();
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            for (int i = 0; i < count; i++) {
                Path image = images.get(i * images.size() / count);
                producer.send(new ProducerRecord<>(topic, image.toString().getBytes(UTF_8), Files.readAllBytes(image)));
            }
            producer.send(new ProducerRecord<>(topic, "not an image".getBytes(UTF_8)));
        }
    }

    private static Set<String> digests(TestCluster cluster, int labels) {
        Set<String> digests = new TreeSet<>();
        int[] count = {0};
        await().atMost(LONGEST_WAIT).until(() -> {
            count[0] = 0;
            new TopicScan(cluster.clients())
                    .scan(cluster.configuration().topics().labels(), record -> {
                        count[0]++;
                        digests.add(digest(record.value()));
                        return true;
                    });
            return count[0] == labels;
        });
        return digests;
    }

    private static String digest(byte[] label) {
        try {
            return new ObjectMapper().readTree(label).at("/model/digest").asText();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns false if int8 was refused because it is not faster; no other reason is accepted. */
    private static boolean isChosen(boolean chosen, String told) {
        if (!chosen) {
            assertThat(told).contains("it must be at least 1.1 times as fast");
            System.out.println("int8 is not faster on this processor, so only its refusal is tested: " + told);
        }
        return chosen;
    }

    @Test
    void runChoosesWithTheEventsOfItsTopicAndRemembers() throws Exception {
        Path model = model(false);
        String[] settings = {"model=" + model, "precision.mode=auto", "precision.minAgreement=0.9", "engine=onnxruntime"
        };
        try (TestCluster cluster = TestCluster.start()) {
            send(cluster, ENOUGH);
            InstanceProcess instance = cluster.run(settings).awaitRunning();
            assertThat(instance.log())
                    .contains("Looking for a faster precision: calibrating with 220 images of the topic image-events,"
                            + " comparing the labels of 110 others");
            Path stored = model.resolveSibling("mine-int8-auto");
            if (!isChosen(Files.exists(stored), instance.log())) {
                assertThat(digests(cluster, ENOUGH))
                        .containsExactly(ModelDirectory.load(model).digest());
                assertThat(instance.terminate()).isZero();
                return;
            }
            ModelDirectory chosen = ModelDirectory.load(stored);
            assertThat(chosen.description().precision()).isEqualTo(Precision.INT8);
            assertThat(instance.log())
                    .containsPattern(
                            "Precision int8 \\(ONNX Runtime\\): [\\d.]+ times as fast as fp32, [\\d.]+ % of 110"
                                    + " held-out images have the same label")
                    .contains("Model mine-int8-auto (" + chosen.digest().substring(0, 12));
            assertThat(digests(cluster, ENOUGH)).containsExactly(chosen.digest());
            Samples metrics =
                    new Endpoint("http://" + instance.metricsEndpoint().orElseThrow()).samples();
            assertThat(metrics.labelValues("resnet_streams_model_info", "precision"))
                    .containsExactly("int8");
            assertThat(metrics.labelValues("resnet_streams_model_info", "digest"))
                    .containsExactly(chosen.digest());
            assertThat(metrics.value("resnet_streams_precision_agreement_ratio"))
                    .isEqualTo(chosen.description().provenance().conversion().agreement());
            assertThat(metrics.value("resnet_streams_precision_gain_ratio")).isGreaterThanOrEqualTo(1.1);
            assertThat(instance.terminate()).isZero();

            InstanceProcess second = cluster.run(settings).awaitRunning();
            assertThat(second.log())
                    .contains("measured before: ", "Model mine-int8-auto (")
                    .doesNotContain("Looking for a faster precision");
            assertThat(second.terminate()).isZero();
        }
    }

    @Test
    void runStartsInFp32WithTooFewEvents() throws Exception {
        Path model = model(false);
        try (TestCluster cluster = TestCluster.start()) {
            send(cluster, 20);
            InstanceProcess instance =
                    cluster.run("model=" + model, "precision.mode=auto").awaitRunning();
            assertThat(instance.log())
                    .contains("Precision fp32: to calibrate and to compare labels, 300 different images are needed; the"
                            + " topic image-events has 20 that can be decoded; the next start tries again");
            assertThat(digests(cluster, 20))
                    .containsExactly(ModelDirectory.load(model).digest());
            Samples metrics =
                    new Endpoint("http://" + instance.metricsEndpoint().orElseThrow()).samples();
            assertThat(metrics.labelValues("resnet_streams_model_info", "precision"))
                    .containsExactly("fp32");
            assertThat(metrics.value("resnet_streams_precision_gain_ratio")).isEqualTo(1);
            assertThat(instance.terminate()).isZero();
        }
        try (Stream<Path> files = Files.list(model.getParent())) {
            assertThat(files).containsExactly(model);
        }
    }

    @Test
    void optimizeMeasuresBothEnginesAndClassifyUsesItsChoice() throws Exception {
        Path model = model(true);
        CapturedCommand optimize = CapturedCommand.run("model", "optimize", "--model", model.toString(), "--json");
        JsonNode summary = new ObjectMapper().readTree(optimize.out());
        System.out.println(summary);
        assertThat(summary.get("images").asText()).isEqualTo("the model's samples");
        assertThat(summary.get("heldOut").asInt()).isEqualTo(167);
        List<JsonNode> int8 = summary.get("candidates")
                .valueStream()
                .filter(candidate -> candidate.get("precision").asText().equals("int8"))
                .toList();
        assertThat(int8).extracting(row -> row.get("engine").asText()).contains("onnxruntime");
        for (JsonNode row : int8) {
            assertThat(row.get("agreement").asDouble()).as(row.toString()).isGreaterThanOrEqualTo(0.97);
            assertThat(row.get("gain").asDouble()).as(row.toString()).isPositive();
        }
        if (!isChosen(optimize.exitCode() == 0, optimize.out())) {
            assertThat(optimize.exitCode()).isEqualTo(1);
            return;
        }
        ModelDirectory chosen =
                ModelDirectory.load(Path.of(summary.get("written").asText()));
        assertThat(summary.at("/writtenModel/digest").asText()).isEqualTo(chosen.digest());

        CapturedCommand classify = CapturedCommand.run(
                "classify",
                "--model",
                model.toString(),
                "--set",
                "precision.mode=auto",
                "--json",
                images().get(0).toString());
        assertThat(classify.exitCode()).isZero();
        assertThat(classify.err()).contains("model " + chosen.name() + " (resnet20");
    }
}
