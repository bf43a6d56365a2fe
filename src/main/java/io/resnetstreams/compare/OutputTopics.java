package io.resnetstreams.compare;

import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.topology.Topics;
import java.util.Map;

/** The topics to which a pipeline or a run writes its outcomes; the dead-letter topic is null if it is not known. */
public record OutputTopics(String name, String labels, String deadLetters) {
    static final String LIVE = "live";

    /** Throws {@link IllegalArgumentException} if this can't be the name of an output. */
    public static void requireName(String name) {
        if (!Topics.isName(name)) {
            throw new IllegalArgumentException(
                    "an output is '" + LIVE + "', a backfill's run or a topic, whose name has " + Topics.NAME_RULE);
        }
    }

    /**
     * Returns the topics of an output, which need not exist: {@value #LIVE} or the labels topic is the configured pipeline's, the
     * name of a run is the backfill's, and any other name is a labels topic.
     */
    public static OutputTopics find(String name, Topics live, Map<String, BackfillRun> runs) {
        if (name.equals(LIVE) || name.equals(live.labels())) {
            return new OutputTopics(name, live.labels(), live.deadLetters());
        }
        BackfillRun run = runs.get(name);
        if (run == null) {
            return new OutputTopics(name, name, null);
        }
        BackfillParameters written = run.plan().parameters();
        return new OutputTopics(name, written.output(), written.deadLetters());
    }
}
