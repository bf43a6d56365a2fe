package io.resnetstreams.events;

import java.util.Locale;

/** The processing stage that rejected an event; the dead letter's {@code resnet-streams.stage} header. */
public enum Stage {
    /** The record is not an image event: unreadable JSON, no image, unknown content type. */
    EVENT,
    /** The event, or its image, is larger than the configured limits allow, or takes too long to decode. */
    LIMITS,
    /** The image that the event refers to can't be fetched, or is not the one that it describes. */
    FETCH,
    /** The bytes are not an image that can be decoded completely. */
    DECODE,
    /** The network could not classify this image. */
    CLASSIFY;

    /** Returns the name in headers and JSON, in lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
