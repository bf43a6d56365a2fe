package io.resnetstreams.events;

/**
 * What an event may cost to read.
 *
 * @param maxEventBytes key, value and headers together, as they are once uncompressed
 * @param maxJsonDepth how deep objects and arrays may nest in a JSON event
 * @param maxJsonStringLength characters of a field's name, and of any string but the image
 * @param maxJsonNumberLength characters of a number
 * @param maxIdLength characters of an id
 * @param maxHeaders number of headers
 */
public record EventLimits(
        int maxEventBytes,
        int maxJsonDepth,
        int maxJsonStringLength,
        int maxJsonNumberLength,
        int maxIdLength,
        int maxHeaders) {
    public EventLimits {
        requireAtLeast(1, "maxEventBytes", maxEventBytes);
        if (maxJsonDepth < 2) {
            throw new IllegalArgumentException(
                    "maxJsonDepth is " + maxJsonDepth + "; at least 2 is needed, for the attributes of an event");
        }
        // The event's own names, of which 'capturedAt' is the longest, and its values.
        requireAtLeast(16, "maxJsonStringLength", maxJsonStringLength);
        requireAtLeast(1, "maxJsonNumberLength", maxJsonNumberLength);
        requireAtLeast(1, "maxIdLength", maxIdLength);
        requireAtLeast(1, "maxHeaders", maxHeaders);
    }

    /**
     * Returns the limits used unless configured otherwise: 16 MiB, depth 32, 1,048,576, 1,000 and 4,096 characters, 32,768
     * headers.
     */
    public static EventLimits defaults() {
        return new EventLimits(16 << 20, 32, 1 << 20, 1_000, 4_096, 1 << 15);
    }

    private static void requireAtLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
    }
}
