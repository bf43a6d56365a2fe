package io.resnetstreams.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;

/** Starts the metrics of the pipeline, whose names have a common prefix. */
final class MetricBuilders {
    static final String PREFIX = "resnet_streams_";
    /** The label with the name of a device. */
    static final String DEVICE = "device";

    private MetricBuilders() {}

    static CounterWithCallback.Builder counter(String name, String help) {
        return CounterWithCallback.builder().name(PREFIX + name).help(help);
    }

    static GaugeWithCallback.Builder gauge(String name, String help) {
        return GaugeWithCallback.builder().name(PREFIX + name).help(help);
    }

    static Histogram.Builder histogram(String name, String help, double... upperBounds) {
        return Histogram.builder().name(PREFIX + name).help(help).classicOnly().classicUpperBounds(upperBounds);
    }
}
