package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.cli.EventSource.SourceEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus reads a running instance; all queries of dashboard, rules and autoscalers have an answer. */
class DashboardIT {
    @TempDir
    private Path folder;

    @Test
    void everyQueryHasData() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (TestCluster cluster = TestCluster.start();
                PrometheusServer prometheus = PrometheusServer.start(folder)) {
            InstanceProcess instance = cluster.run().awaitRunning();
            prometheus.targets(List.of(instance.metricsEndpoint().orElseThrow()));
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(cluster, done));
            try {
                for (String query : queries()) {
                    await(query).atMost(Duration.ofSeconds(60)).until(() -> hasData(prometheus, query));
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
            assertThat(instance.terminate()).isZero();
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

    /** Labels and dead letters, until it is told to end. */
    private static void send(TestCluster cluster, AtomicBoolean done) {
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
