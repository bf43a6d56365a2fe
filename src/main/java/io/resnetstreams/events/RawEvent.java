package io.resnetstreams.events;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;

/**
 * A record of the input topic exactly as it came; key and value may be null. The arrays are not to be changed.
 *
 * @param headerCount number of headers
 * @param headerBytes length of the headers' names and values in UTF-8
 */
public record RawEvent(
        SourcePosition source, byte[] key, byte[] value, Headers headers, int headerCount, long headerBytes) {
    /** What an event costs besides its bytes: objects, a future, a queue slot. */
    private static final int OVERHEAD_BYTES = 256;

    /** What a header costs besides its bytes: the header, its name as a string, an array and a buffer. */
    private static final int HEADER_OVERHEAD_BYTES = 160;

    /** Measures the headers at once, on the thread that read the record: they decode their names when first asked. */
    public RawEvent(SourcePosition source, byte[] key, byte[] value, Headers headers) {
        this(source, key, value, headers, headerCount(headers), headerBytes(headers));
    }

    private static int headerCount(Headers headers) {
        int count = 0;
        for (Header ignored : headers) {
            count++;
        }
        return count;
    }

    private static long headerBytes(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += Utils.utf8Length(header.key()) + length(header.value());
        }
        return bytes;
    }

    /** Returns how many bytes the sender put into key, value and headers. */
    public long contentBytes() {
        return length(key) + length(value) + headerBytes;
    }

    /** Returns about how many bytes of memory this event holds. */
    public long sizeInBytes() {
        return OVERHEAD_BYTES + contentBytes() + (long) HEADER_OVERHEAD_BYTES * headerCount;
    }

    /** Returns an event of the same source with nothing of what the sender put into it. */
    RawEvent withoutContent() {
        return new RawEvent(source, null, null, new RecordHeaders());
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
