package io.resnetstreams.topology;

import io.resnetstreams.common.Ranges;
import java.util.Locale;

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
        return Ranges.oneOf("onGap", name, values(), OnGap::property);
    }
}
