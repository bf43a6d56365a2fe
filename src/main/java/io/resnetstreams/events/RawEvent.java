package io.resnetstreams.events;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A record of the input topic exactly as it came; key and value may be null. The arrays are not to be changed.
 *
 * @param headerBytes length of the headers' names and values
 */
public record RawEvent(SourcePosition source, byte[] key, byte[] value, Headers headers, long headerBytes) {
    /** What an event costs besides its bytes: objects, a future, a queue slot. */
    private static final int OVERHEAD_BYTES = 256;

    /** Measures the headers at once, on the thread that read the record: they decode their names when first asked. */
    public RawEvent(SourcePosition source, byte[] key, byte[] value, Headers headers) {
        this(source, key, value, headers, headerBytes(headers));
    }

    private static long headerBytes(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += header.key().length() + length(header.value());
        }
        return bytes;
    }

    /** Returns how many bytes the sender put into key, value and headers. */
    public long contentBytes() {
        return length(key) + length(value) + headerBytes;
    }

    /** Returns about how many bytes of memory this event holds. */
    public long sizeInBytes() {
        return OVERHEAD_BYTES + contentBytes();
    }

    /** Returns an event of the same source with nothing of what the sender put into it. */
    RawEvent withoutContent() {
        return new RawEvent(source, null, null, new RecordHeaders(), 0);
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
