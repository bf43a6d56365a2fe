package io.resnetstreams.metrics;

/** What the names of the pipeline's metrics and their labels share. */
final class Names {
    static final String PREFIX = "resnet_streams_";
    static final String DEVICE = "device";
    static final String PARTITION = "partition";

    private Names() {}
}
