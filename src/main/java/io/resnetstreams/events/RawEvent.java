package io.resnetstreams.events;

import org.apache.kafka.common.header.Headers;

/** A record of the input topic exactly as it came; key and value may be null. The arrays are not to be changed. */
public record RawEvent(SourcePosition source, byte[] key, byte[] value, Headers headers) {
    /** What an event costs besides its bytes: objects, a future, a queue slot. */
    private static final int OVERHEAD_BYTES = 256;

    /** Returns about how many bytes of memory this event holds. */
    public long sizeInBytes() {
        return OVERHEAD_BYTES + (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
    }
}
