package io.resnetstreams.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.MetricWithFixedMetadata;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** Registers the metrics of the pipeline, whose names have a common prefix. */
record MetricRegistration(PrometheusRegistry registry) {
    static final String PREFIX = "resnet_streams_";
    /** The label with the name of a device. */
    static final String DEVICE = "device";

    /** Sets the name, with the prefix, the help and the labels of a metric. */
    static <B extends MetricWithFixedMetadata.Builder<B, ?>> B named(
            B builder, String name, String help, String... labels) {
        return builder.name(PREFIX + name).help(help).labelNames(labels);
    }

    void counter(String name, String help, Consumer<CounterWithCallback.Callback> callback, String... labels) {
        named(CounterWithCallback.builder(), name, help, labels)
                .callback(callback)
                .register(registry);
    }

    void gauge(String name, String help, Consumer<GaugeWithCallback.Callback> callback, String... labels) {
        named(GaugeWithCallback.builder(), name, help, labels)
                .callback(callback)
                .register(registry);
    }

    /** Registers a gauge that has no value while it is NaN. */
    void gauge(String name, String help, DoubleSupplier value) {
        gauge(name, help, gauge -> callIfKnown(gauge, value.getAsDouble()));
    }

    /** Exports a value unless it is NaN. */
    static void callIfKnown(GaugeWithCallback.Callback gauge, double value, String... labels) {
        if (!Double.isNaN(value)) {
            gauge.call(value, labels);
        }
    }

    Histogram histogram(String name, String help, double[] upperBounds, String... labels) {
        return named(Histogram.builder(), name, help, labels)
                .classicOnly()
                .classicUpperBounds(upperBounds)
                .register(registry);
    }
}
