package io.resnetstreams.events;

import io.resnetstreams.common.Ranges;

/**
 * The limits for reading an event.
 *
 * @param maxJsonDepth the nesting depth of objects and arrays in a JSON event
 * @param maxJsonStringLength the length of field names, and of strings other than the image, in characters
 * @param maxJsonNumberLength the length of a number, in characters
 * @param maxIdLength the length of an id, in characters
 * @param maxHeaders the number of headers
 */
public record EventLimits(
        int maxJsonDepth, int maxJsonStringLength, int maxJsonNumberLength, int maxIdLength, int maxHeaders) {
    public EventLimits {
        if (maxJsonDepth < 2) {
            throw new IllegalArgumentException(
                    "maxJsonDepth is " + maxJsonDepth + "; at least 2 is needed, for the attributes of an event");
        }
        // The names of an event's own fields, such as 'capturedAt', and their values must fit.
        Ranges.requireAtLeast("maxJsonStringLength", maxJsonStringLength, 16);
        Ranges.requireAtLeast("maxJsonNumberLength", maxJsonNumberLength, 1);
        Ranges.requireAtLeast("maxIdLength", maxIdLength, 1);
        Ranges.requireAtLeast("maxHeaders", maxHeaders, 1);
    }
}
