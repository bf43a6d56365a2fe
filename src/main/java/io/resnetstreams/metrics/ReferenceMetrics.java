package io.resnetstreams.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.fetch.FetchMetrics;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** The metrics of images that are fetched by reference. Thread-safe. */
final class ReferenceMetrics implements FetchMetrics {
    private static final double NANOS = 1e-9;
    private static final double[] SECONDS = {
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600
    };
    private static final String SCHEME = "scheme";

    private final LongAdder inFlight = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder images = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Histogram seconds;
    private final Counter errors;
    private final Counter retries;

    /** Creates the time series of the schemes and of the code to alert on, so that they are exported with 0. */
    ReferenceMetrics(PrometheusRegistry registry, Set<String> schemes) {
        MetricRegistration metrics = new MetricRegistration(registry);
        seconds = metrics.histogram(
                "fetch_seconds",
                "The time to fetch an image, with waiting and further attempts, in seconds.",
                SECONDS,
                SCHEME);
        errors = MetricRegistration.named(
                        Counter.builder(),
                        "fetch_errors_total",
                        "The total number of failed attempts and rejected references, by code.",
                        "code")
                .register(registry);
        retries = MetricRegistration.named(
                        Counter.builder(),
                        "fetch_retries_total",
                        "The total number of attempts after a temporary failure.",
                        SCHEME)
                .register(registry);
        metrics.counter(
                "fetch_bytes_total",
                "The total number of bytes of fetched images.",
                counter -> counter.call(bytes.sum()));
        metrics.gauge("fetches_in_flight", "The number of fetches that have not ended.", inFlight::sum);
        errors.initLabelValues("unavailable");
        schemes.forEach(scheme -> {
            seconds.initLabelValues(scheme);
            retries.initLabelValues(scheme);
        });
    }

    @Override
    public Counts counts() {
        return new Counts(inFlight.sum(), images.sum(), bytes.sum(), failures.sum());
    }

    @Override
    public void begun() {
        inFlight.increment();
    }

    @Override
    public void ended() {
        inFlight.decrement();
    }

    @Override
    public void fetched(String scheme, long nanos, long length) {
        seconds.labelValues(scheme).observe(nanos * NANOS);
        bytes.add(length);
        images.increment();
    }

    @Override
    public void failed(String code) {
        errors.labelValues(code).inc();
        failures.increment();
    }

    @Override
    public void retried(String scheme) {
        retries.labelValues(scheme).inc();
    }
}
