package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaMetricsTest {
    private static final String PROCESS = "app-1-0c9a6d1e-2f5b-4a67-9d0c-b3a3f1f5e9a1";

    private final Map<MetricName, Metric> all = new LinkedHashMap<>();

    private static MetricName name(String group, String name, Map<String, String> tags) {
        return new MetricName(name, group, "As Kafka says.", tags);
    }

    private void add(String group, String name, Map<String, String> tags, Object value) {
        MetricName metricName = name(group, name, tags);
        all.put(metricName, new Metric() {
            @Override
            public MetricName metricName() {
                return metricName;
            }

            @Override
            public Object metricValue() {
                return value;
            }
        });
    }

    private Samples samples(String list) {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new KafkaMetrics(KafkaMetrics.names(list), () -> all));
        return TestRegistry.samples(registry);
    }

    @Test
    void onlyListedMetricsAreExported() {
        add("stream-metrics", "failed-stream-threads", Map.of("client-id", PROCESS), 1);
        add("stream-metrics", "alive-stream-threads", Map.of("client-id", PROCESS), 2);
        assertThat(samples("stream-metrics:failed-stream-threads").values())
                .containsOnly(Map.entry("kafka_stream_failed_stream_threads", 1.0));
        assertThat(samples("").values()).isEmpty();
    }

    @Test
    void threadAndClientAreLabelsAndTheProcessIsNone() {
        add("stream-thread-metrics", "commit-total", Map.of("thread-id", PROCESS + "-StreamThread-2"), 3.0);
        add("consumer-metrics", "poll-total", Map.of("client-id", PROCESS + "-StreamThread-1-restore-consumer"), 4.0);
        add("admin-client-metrics", "request-total", Map.of("client-id", PROCESS + "-admin"), 5.0);
        assertThat(samples("stream-thread-metrics:commit-total, consumer-metrics:poll-total,"
                                + "admin-client-metrics:request-total")
                        .values())
                .containsOnly(
                        Map.entry("kafka_stream_thread_commit_total{thread=\"2\"}", 3.0),
                        Map.entry("kafka_consumer_poll_total{client=\"restore-consumer\",thread=\"1\"}", 4.0),
                        Map.entry("kafka_admin_client_request_total{client=\"admin\"}", 5.0));
    }

    @Test
    void metricsOfTopicsPartitionsNodesAndTasksAreLeftOut() {
        for (String tag : Set.of("topic", "partition", "node-id", "task-id", "processor-node-id")) {
            add("x-metrics", "y-total", Map.of("client-id", PROCESS, tag, "a"), 3.0);
        }
        assertThat(samples("x-metrics:y-total").values()).isEmpty();
    }

    @Test
    void valuesThatAreNoNumbersAreLeftOut() {
        add("stream-metrics", "state", Map.of("client-id", PROCESS), "RUNNING");
        assertThat(samples("stream-metrics:state").values()).isEmpty();
    }

    @Test
    void aThreadAndTheOneThatReplacedItAddUp() {
        String other = PROCESS.replace('0', '1');
        add("stream-thread-metrics", "commit-total", Map.of("thread-id", PROCESS + "-StreamThread-1"), 3.0);
        add("stream-thread-metrics", "commit-total", Map.of("thread-id", other + "-StreamThread-1"), 4.0);
        assertThat(samples("stream-thread-metrics:commit-total").values()).containsValue(7.0);
    }

    @ParameterizedTest
    @CsvSource({
        "commit-latency-avg, kafka_g_commit_latency_avg_seconds, 0.25",
        "fetch-throttle-time-max, kafka_g_fetch_throttle_time_max_seconds, 0.25",
        "txn-commit-time-ns-total, kafka_g_txn_commit_time_seconds_total, 2.5e-7",
        "io-wait-time-ns-avg, kafka_g_io_wait_time_avg_seconds, 2.5e-7",
        "poll-records-avg, kafka_g_poll_records_avg, 250",
        "last-rebalance-seconds-ago, kafka_g_last_rebalance_seconds_ago, 250"
    })
    void namesAndValuesAreInBaseUnits(String name, String exported, double value) {
        add("g-metrics", name, Map.of("client-id", PROCESS), 250.0);
        assertThat(samples("g-metrics:" + name).value(exported)).isCloseTo(value, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"records-lag", "a:b", "a-metrics:", "a-metrics:b,,a-metrics:c", "A-metrics:b", ","})
    void anEntryOfAnotherFormIsNamed(String list) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaMetrics.names(list))
                .withMessageStartingWith("kafka: '")
                .withMessageContaining("GROUP:NAME is needed");
    }
}
