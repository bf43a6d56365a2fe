package io.resnetstreams.kafka;

import static io.resnetstreams.common.Ranges.require;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.resnetstreams.topology.Topics;

/**
 * The topics of a pipeline, and the settings with which they are created.
 *
 * @param replicationFactor -1 for the broker's default
 * @param maxMessageBytes the size of the largest record
 */
public record TopicSettings(@JsonUnwrapped Topics names, int partitions, int replicationFactor, int maxMessageBytes) {
    public TopicSettings {
        require("partitions", partitions, 1, 100_000);
        if (replicationFactor != -1) {
            require("replicationFactor", replicationFactor, 1, Short.MAX_VALUE);
        }
        require("maxMessageBytes", maxMessageBytes, 1_024, 1 << 30);
    }
}
