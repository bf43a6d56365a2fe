package io.resnetstreams.compare;

import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.topology.Topics;
import java.util.Map;

/**
 * Finds outputs by name: {@value #LIVE} or the labels topic is the configured pipeline's, the name of a run is the backfill's, and
 * any other name is a labels topic.
 */
public final class ConfiguredOutputs {
    static final String LIVE = "live";

    private final Topics topics;
    private final Map<String, BackfillRun> runs;

    public ConfiguredOutputs(Topics topics, Map<String, BackfillRun> runs) {
        this.topics = topics;
        this.runs = runs;
    }

    /**
     * Checks a name without connecting to a broker.
     *
     * @throws IllegalArgumentException if this can't be the name of an output
     */
    public static void requireName(String name) {
        if (!Topics.isName(name)) {
            throw new IllegalArgumentException(
                    "an output is '" + LIVE + "', a backfill's run or a topic, whose name has " + Topics.NAME_RULE);
        }
    }

    /**
     * Returns the topics of an output, which need not exist.
     *
     * @throws IllegalArgumentException if this can't be the name of an output
     */
    public OutputTopics find(String name) {
        if (name.equals(LIVE) || name.equals(topics.labels())) {
            return new OutputTopics(name, topics.labels(), topics.deadLetters());
        }
        BackfillRun run = runs.get(name);
        if (run != null) {
            BackfillParameters written = run.plan().parameters();
            return new OutputTopics(name, written.output(), written.deadLetters());
        }
        requireName(name);
        return new OutputTopics(name, name, null);
    }
}
