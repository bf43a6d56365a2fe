package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;

/**
 * A record of the input topic, unchanged, with the length of its headers in UTF-8; key and value may be null. The
 * arrays must not be modified.
 */
public record RawEvent(
        SourcePosition source, byte[] key, byte[] value, Headers headers, int headerCount, long headerBytes) {
    /** The memory of an event in addition to its bytes: objects, a future, a queue slot. */
    private static final int OVERHEAD_BYTES = 256;

    /** The memory of a header in addition to its bytes: the header, its name as a string, an array and a buffer. */
    private static final int HEADER_OVERHEAD_BYTES = 160;

    /** Measures the headers now, on the thread that read the record, since they decode their names lazily. */
    public RawEvent(SourcePosition source, byte[] key, byte[] value, Headers headers) {
        this(source, key, value, headers, headers.toArray().length, headerBytes(headers));
    }

    private static long headerBytes(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += Utils.utf8Length(header.key()) + length(header.value());
        }
        return bytes;
    }

    /** Returns the UTF-8 text of the last header with this name, or null. */
    public static String headerText(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }

    long contentBytes() {
        return length(key) + length(value) + headerBytes;
    }

    /** Returns the approximate memory of this event in bytes. */
    public long sizeInBytes() {
        return OVERHEAD_BYTES + contentBytes() + (long) HEADER_OVERHEAD_BYTES * headerCount;
    }

    RawEvent withoutContent() {
        return new RawEvent(source, null, null, new RecordHeaders());
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
