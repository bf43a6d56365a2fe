package io.resnetstreams.topology;

import io.resnetstreams.common.Ranges;
import org.apache.kafka.streams.StreamsConfig;

/** How often a {@code read_committed} consumer may see the outcome of an event. */
public enum Guarantee {
    /** Exactly once, even if processes crash. */
    EXACTLY_ONCE_V2(StreamsConfig.EXACTLY_ONCE_V2),
    /** At least once: after a crash, the outcomes since the last commit may be duplicated. */
    AT_LEAST_ONCE(StreamsConfig.AT_LEAST_ONCE);

    private final String property;

    Guarantee(String property) {
        this.property = property;
    }

    /** Returns the value of {@code processing.guarantee}, which is also the name in the configuration. */
    public String property() {
        return property;
    }

    /** Finds a guarantee by its name in the configuration. */
    public static Guarantee of(String name) {
        return Ranges.oneOf("guarantee", name, values(), Guarantee::property);
    }
}
