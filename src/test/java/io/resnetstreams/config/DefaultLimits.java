package io.resnetstreams.config;

import io.resnetstreams.events.EventLimits;
import io.resnetstreams.image.ImageLimits;

/** Provides the limits of the default configuration. */
public final class DefaultLimits {
    private static final Configuration DEFAULTS = new ConfigurationLoader().load();

    private DefaultLimits() {}

    public static ImageLimits image() {
        return DEFAULTS.limits().image();
    }

    public static EventLimits events() {
        return DEFAULTS.eventLimits();
    }
}
