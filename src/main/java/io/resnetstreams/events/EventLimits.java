package io.resnetstreams.events;

/**
 * What an event may cost to read.
 *
 * @param maxJsonDepth how deep objects and arrays may nest in a JSON event
 * @param maxIdLength characters of an id
 */
public record EventLimits(int maxJsonDepth, int maxIdLength) {
    public EventLimits {
        if (maxJsonDepth < 2) {
            throw new IllegalArgumentException(
                    "maxJsonDepth is " + maxJsonDepth + "; at least 2 is needed, for the attributes of an event");
        }
        if (maxIdLength < 1) {
            throw new IllegalArgumentException("maxIdLength is " + maxIdLength + "; it must be at least 1");
        }
    }
}
