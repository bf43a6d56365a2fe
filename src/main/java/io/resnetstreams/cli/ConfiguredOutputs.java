package io.resnetstreams.cli;

import io.resnetstreams.backfill.OutputNames;
import io.resnetstreams.backfill.OutputTopics;
import io.resnetstreams.topology.Topics;

/** Knows the configured pipeline's outputs, as {@value #LIVE} or by its topic of labels; any other name is that of a topic. */
final class ConfiguredOutputs implements OutputNames {
    static final String LIVE = "live";

    private final Topics topics;

    ConfiguredOutputs(Topics topics) {
        this.topics = topics;
    }

    @Override
    public OutputTopics find(String name) {
        if (name.equals(LIVE) || name.equals(topics.labels())) {
            return new OutputTopics(name, topics.labels(), topics.deadLetters());
        }
        if (!Topics.isName(name)) {
            throw new IllegalArgumentException(
                    "an output is '" + LIVE + "' or a topic, whose name has " + Topics.NAME_RULE);
        }
        return new OutputTopics(name, name, null);
    }
}
