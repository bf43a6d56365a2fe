package io.resnetstreams.metrics;

/** The prefix of the metric names, and common label names. */
final class Names {
    static final String PREFIX = "resnet_streams_";
    static final String DEVICE = "device";
    static final String PARTITION = "partition";

    private Names() {}
}
