package io.resnetstreams.config;

import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.image.ImageLimits;

/** Provides the limits of the default configuration. */
public final class DefaultLimits {
    private static final Configuration DEFAULTS = new ConfigurationLoader().load();

    private DefaultLimits() {}

    public static ImageLimits image() {
        return DEFAULTS.limits().image();
    }

    public static LabelEncoder labels() {
        return new LabelEncoder(DEFAULTS.labels(), 0);
    }

    public static EventReader eventReader() {
        return DEFAULTS.eventReader();
    }
}
