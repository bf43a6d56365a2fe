package io.resnetstreams.events;

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
        requireAtLeast(16, "maxJsonStringLength", maxJsonStringLength);
        requireAtLeast(1, "maxJsonNumberLength", maxJsonNumberLength);
        requireAtLeast(1, "maxIdLength", maxIdLength);
        requireAtLeast(1, "maxHeaders", maxHeaders);
    }

    private static void requireAtLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
    }
}
