package io.resnetstreams.topology;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.kafka.streams.StreamsConfig;

/** How often an event's outcome may be seen by a {@code read_committed} reader. */
public enum Guarantee {
    /** Once, whatever dies in between. */
    EXACTLY_ONCE_V2(StreamsConfig.EXACTLY_ONCE_V2),
    /** At least once: a crash may repeat the outcomes since the last commit. */
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
        return Arrays.stream(values())
                .filter(guarantee -> guarantee.property.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("guarantee is '" + name + "'; allowed are "
                        + Arrays.stream(values()).map(Guarantee::property).collect(Collectors.joining(", "))));
    }
}
