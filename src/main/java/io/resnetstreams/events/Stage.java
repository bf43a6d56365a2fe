package io.resnetstreams.events;

import java.util.Locale;

/** Where on its way an event was found unfit; the dead letter's {@code resnet-streams.stage} header. */
public enum Stage {
    /** The record is not an image event: unreadable JSON, no image, unknown content type. */
    EVENT,
    /** The event, or its image, is larger than the configured limits allow, or takes too long to decode. */
    LIMITS,
    /** The bytes are not an image that can be decoded whole. */
    DECODE,
    /** The network could not classify this image. */
    CLASSIFY;

    /** Returns the name as it stands in headers and JSON: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
