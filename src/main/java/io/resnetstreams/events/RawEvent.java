package io.resnetstreams.events;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;

/**
 * A record of the input topic, unchanged; key and value may be null. The arrays must not be modified.
 *
 * @param headerCount number of headers
 * @param headerBytes length of the headers' names and values in UTF-8
 */
public record RawEvent(
        SourcePosition source, byte[] key, byte[] value, Headers headers, int headerCount, long headerBytes) {
    /** The memory of an event in addition to its bytes: objects, a future, a queue slot. */
    private static final int OVERHEAD_BYTES = 256;

    /** The memory of a header in addition to its bytes: the header, its name as a string, an array and a buffer. */
    private static final int HEADER_OVERHEAD_BYTES = 160;

    /** Measures the headers now, on the thread that read the record, since they decode their names lazily. */
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

    /** Returns the size of key, value and headers in bytes. */
    long contentBytes() {
        return length(key) + length(value) + headerBytes;
    }

    /** Returns the approximate memory of this event in bytes. */
    public long sizeInBytes() {
        return OVERHEAD_BYTES + contentBytes() + (long) HEADER_OVERHEAD_BYTES * headerCount;
    }

    /** Returns an event with the same position, without key, value and headers. */
    RawEvent withoutContent() {
        return new RawEvent(source, null, null, new RecordHeaders());
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
