package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReferenceMetricsTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ReferenceMetrics metrics = new ReferenceMetrics(registry, Set.of("s3", "https"));

    private double value(String sample) {
        return TestRegistry.samples(registry).value("resnet_streams_" + sample);
    }

    @Test
    void enabledSchemesAreThereFromTheStart() {
        assertThat(TestRegistry.samples(registry).labelValues("resnet_streams_fetch_seconds_count", "scheme"))
                .containsExactly("https", "s3");
        assertThat(value("fetch_retries_total{scheme=\"s3\"}")).isZero();
        assertThat(value("fetch_errors_total{code=\"unavailable\"}")).isZero();
        assertThat(value("fetches_in_flight")).isZero();
        assertThat(value("fetch_bytes_total")).isZero();
    }

    @Test
    void aFetchIsCounted() {
        metrics.begun();
        metrics.begun();
        metrics.fetched("s3", 1_500_000_000, 1_000);
        metrics.ended();
        assertThat(value("fetches_in_flight")).isEqualTo(1);
        assertThat(value("fetch_bytes_total")).isEqualTo(1_000);
        assertThat(value("fetch_seconds_sum{scheme=\"s3\"}")).isEqualTo(1.5);
        assertThat(value("fetch_seconds_bucket{scheme=\"s3\",le=\"1.0\"}")).isZero();
        assertThat(value("fetch_seconds_bucket{scheme=\"s3\",le=\"2.5\"}")).isEqualTo(1);
    }

    @Test
    void failuresAndRetriesAreCounted() {
        metrics.failed("timeout");
        metrics.failed("timeout");
        metrics.failed("not_found");
        metrics.retried("https");
        assertThat(value("fetch_errors_total{code=\"timeout\"}")).isEqualTo(2);
        assertThat(value("fetch_errors_total{code=\"not_found\"}")).isEqualTo(1);
        assertThat(value("fetch_retries_total{scheme=\"https\"}")).isEqualTo(1);
    }
}
