package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.metrics.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of {@code run} at {@code /metrics} after some images and some events that are not images. */
class MetricsEndpointIT {
    private static final Pattern ADDRESS = Pattern.compile("Metrics at (http://127\\.0\\.0\\.1:\\d+)/metrics");
    private static final Pattern LISTED_METRIC = Pattern.compile("\\| `((?:resnet_streams|kafka)_[a-z_]+)[^|]*` \\|.*");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(90);
    private static final int LABELS = 100;
    /** Text of an event that must not occur in a metric. */
    private static final String HOSTILE = "evil\"} 1\n";

    private static TestCluster cluster;
    private static InstanceProcess instance;
    private static Endpoint endpoint;
    private static Samples samples;

    @BeforeAll
    static void classifyEvents() throws Exception {
        cluster = TestCluster.start();
        // Metrics of fetches are exported only if a scheme is enabled.
        instance = cluster.run("references.file.roots=" + TestCluster.SAMPLES.toAbsolutePath());
        await().atMost(LONGEST_WAIT).until(() -> ADDRESS.matcher(instance.log()).find());
        Matcher address = ADDRESS.matcher(instance.log());
        assertThat(address.find()).isTrue();
        endpoint = new Endpoint(address.group(1));
        await().atMost(LONGEST_WAIT).until(() -> endpoint.ready().statusCode() == 200);
        send();
        await().atMost(LONGEST_WAIT).until(() -> endpoint.samples().sum("resnet_streams_events_total") == LABELS + 3);
        // Rates need two measurements.
        await().atMost(LONGEST_WAIT).until(() -> {
            Set<String> families = endpoint.samples().families();
            return families.contains("resnet_streams_arrival_rate")
                    && families.contains("resnet_streams_device_busy_ratio");
        });
        samples = endpoint.samples();
    }

    private static void send() throws IOException {
        String topic = cluster.configuration().topics().input();
        try (Producer<byte[], byte[]> producer = cluster.clients().producer();
                Stream<Path> images = Files.walk(TestCluster.SAMPLES)) {
            for (Path image : images.filter(path -> path.toString().endsWith(".png"))
                    .sorted()
                    .limit(LABELS)
                    .toList()) {
                producer.send(new ProducerRecord<>(topic, image.toString().getBytes(UTF_8), Files.readAllBytes(image)));
            }
            producer.send(new ProducerRecord<>(topic, "not an image".getBytes(UTF_8)));
            for (String name : List.of("content-type", "id")) {
                RecordHeaders headers = new RecordHeaders();
                headers.add(name, HOSTILE.getBytes(UTF_8));
                headers.add(HOSTILE, HOSTILE.getBytes(UTF_8));
                headers.add("resnet-streams.stage", HOSTILE.getBytes(UTF_8));
                headers.add("resnet-streams.code", HOSTILE.getBytes(UTF_8));
                producer.send(new ProducerRecord<>(topic, null, HOSTILE.getBytes(UTF_8), "x".getBytes(UTF_8), headers));
            }
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        try {
            assertThat(instance.terminate()).isZero();
        } finally {
            cluster.close();
        }
    }

    private static double value(String sample) {
        return samples.value("resnet_streams_" + sample);
    }

    @Test
    void eventsAreCountedByOutcome() {
        assertThat(value("events_total{outcome=\"label\"}")).isEqualTo(LABELS);
        assertThat(value("events_total{outcome=\"dead_letter\"}")).isEqualTo(3);
        assertThat(value("dead_letters_total{code=\"content_type\",stage=\"event\"}"))
                .isEqualTo(1);
        assertThat(value("dead_letters_total{code=\"unknown_format\",stage=\"decode\"}"))
                .isEqualTo(2);
        assertThat(value("end_to_end_seconds_count")).isEqualTo(LABELS + 3);
    }

    @Test
    void imagesAreCountedAtEachStage() {
        assertThat(value("decode_seconds_count")).isEqualTo(LABELS);
        assertThat(value("queue_wait_seconds_count")).isEqualTo(LABELS);
        assertThat(value("batch_size_sum{device=\"cpu\"}")).isEqualTo(LABELS);
        assertThat(value("inference_seconds_count{device=\"cpu\"}"))
                .isEqualTo(value("batch_size_count{device=\"cpu\"}"))
                .isEqualTo(samples.sum("resnet_streams_batches_total"));
        assertThat(value("in_flight_events")).isZero();
        assertThat(value("in_flight_bytes")).isZero();
        assertThat(value("capacity_images_per_second")).isPositive();
        assertThat(value("device_busy_ratio{device=\"cpu\"}")).isBetween(0.0, 1.0);
    }

    @Test
    void textOfEventsIsNotInMetricLabels() {
        assertThat(samples.labelValues("resnet_streams_dead_letters_total", "code"))
                .containsExactlyInAnyOrder("content_type", "unknown_format");
        assertThat(samples.values().keySet()).noneMatch(sample -> sample.contains("evil"));
        assertThat(endpoint.text("/metrics", "application/openmetrics-text")).doesNotContain("evil");
    }

    @Test
    void modelBuildAndStateAreExported() {
        assertThat(samples.values().keySet())
                .anyMatch(sample -> sample.matches("resnet_streams_model_info\\{architecture=\"resnet20\","
                        + "device=\"cpu\",digest=\"[0-9a-f]{64}\",engine=\"(mxnet|onnxruntime)\","
                        + "name=\"resnet20-fashion-mnist\",precision=\"fp32\"}"))
                .anyMatch(sample ->
                        sample.matches("resnet_streams_build_info\\{commit=\"[0-9a-f]+.*\",version=\"\\d+\\..*\"}"));
        assertThat(value("kafka_streams_state{resnet_streams_kafka_streams_state=\"RUNNING\"}"))
                .isEqualTo(1);
        assertThat(samples.sum("resnet_streams_kafka_streams_state")).isEqualTo(1);
    }

    @Test
    void openMetricsExemplarsHaveThePositionsOfEvents() {
        assertThat(endpoint.text("/metrics", "application/openmetrics-text; version=1.0.0"))
                .containsPattern(
                        "end_to_end_seconds_bucket\\{le=\"[^\"]+\"} \\d+ # \\{position=\"image-events-[0-5]@\\d+\"}")
                .endsWith("# EOF\n");
    }

    /**
     * docs/metrics.md lists exactly the metrics of the product and of Kafka; those of the JVM only by their prefixes.
     */
    @Test
    void theDocumentationListsEveryMetric() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("docs", "metrics.md"))) {
            Matcher row = LISTED_METRIC.matcher(line);
            if (row.matches()) {
                assertThat(listed.add(row.group(1))).as(row.group(1)).isTrue();
            }
        }
        Set<String> exported = new TreeSet<>(samples.families());
        exported.removeIf(name -> name.startsWith("jvm_") || name.startsWith("process_"));
        assertThat(exported).isEqualTo(listed);
    }

    @Test
    void promtoolFindsNoProblems() throws Exception {
        DebianTools.require("promtool", "Debian's package prometheus");
        DebianTools.Answer answer =
                DebianTools.run(Path.of("."), endpoint.text("/metrics", "text/plain"), "promtool", "check", "metrics");
        assertThat(answer.text()).isEmpty();
        assertThat(answer.exitCode()).isZero();
    }

    /** A real Prometheus scrapes the instance. All queries of dashboard, rules and autoscalers return data. */
    @Test
    void everyQueryHasData(@TempDir Path folder) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (PrometheusServer prometheus = PrometheusServer.start(folder)) {
            prometheus.targets(List.of(instance.metricsEndpoint().orElseThrow()));
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendUntil(done));
            try {
                for (String query : queries()) {
                    await(query).atMost(LONGEST_WAIT).until(() -> hasData(prometheus, query));
                }
                for (JsonNode rule : prometheus.rules().findValues("rules").stream()
                        .flatMap(rules -> rules.valueStream())
                        .toList()) {
                    assertThat(rule.get("health").asText()).as(rule.toString()).isEqualTo("ok");
                }
            } finally {
                done.set(true);
            }
            sending.join();
        }
    }

    private static List<String> queries() throws Exception {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard =
                new ObjectMapper().readTree(Path.of("deploy", "dashboard.json").toFile());
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(panel.get("targets")).as(panel.get("title").asText()).isNotEmpty();
            panel.get("targets")
                    .forEach(target -> queries.add(target.get("expr").asText()));
        }
        queries.addAll(DeployFilesTest.yaml("recording-rules.yml").findValuesAsText("record"));
        queries.add(DeployFilesTest.yaml(DeployFilesTest.KEDA)
                .at("/spec/triggers/0/metadata/query")
                .asText());
        queries.add(DeployFilesTest.yaml(DeployFilesTest.ADAPTER)
                .at("/rules/external/0/seriesQuery")
                .asText());
        return queries;
    }

    private static boolean hasData(PrometheusServer prometheus, String query) throws Exception {
        for (JsonNode sample : prometheus.query(query)) {
            if (!Double.isNaN(PrometheusServer.number(sample.at("/value/1").asText()))) {
                return true;
            }
        }
        return false;
    }

    /** Sends events for labels and dead letters until it is told to stop. */
    private static void sendUntil(AtomicBoolean done) {
        EventSource source = EventSource.of(List.of(TestCluster.SAMPLES)).kept();
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender =
                    new EventSender(producer, cluster.configuration().topics().input(), 100, metadata -> {});
            while (!done.get()) {
                for (SourceEvent event : source) {
                    if (!done.get()) {
                        sender.send(event);
                        sender.send(new SourceEvent("broken", "no image".getBytes(UTF_8), "image/png"));
                    }
                }
            }
            assertThat(sender.finish().failed()).isZero();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
