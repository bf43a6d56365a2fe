package io.resnetstreams.topology;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What to do about events that were deleted from the input topic before they were processed. */
public enum OnGap {
    /** Log a warning, count them, and continue with the next events. */
    WARN,
    /** End the instance. */
    STOP;

    /** Returns the name in the configuration. */
    public String property() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Finds a policy by its name in the configuration. */
    public static OnGap of(String name) {
        return Arrays.stream(values())
                .filter(policy -> policy.property().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("onGap is '" + name + "'; allowed are "
                        + Arrays.stream(values()).map(OnGap::property).collect(Collectors.joining(", "))));
    }
}
