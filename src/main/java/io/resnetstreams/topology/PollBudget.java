package io.resnetstreams.topology;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Bounds what a poll returns in uncompressed bytes. Kafka's own limits are in compressed bytes and in records, so a poll could
 * return gigabytes. The two deserializers of a consumer share the budget: once the records of a poll have used it up they
 * refuse the next one, at which the consumer returns what it has and offers the refused record again at the next poll.
 *
 * <p>A poll exceeds the limit by two records at most, and has at least one. A record without key and value reaches no
 * deserializer, so it does not count.
 *
 * <p>Threading: the consumer's thread alone.
 */
final class PollBudget {
    private static final FullException FULL = new FullException();

    private final long maxBytes;
    private long bytes;
    /** Whether the record whose value comes next was let in by its key. */
    private boolean isLetIn;

    /** Says that the poll is full. It is thrown as it is, many times, so it has no stack trace. */
    private static final class FullException extends SerializationException {
        private static final long serialVersionUID = 1L;

        FullException() {
            super("this poll returns no further records, since it has reached its limit of bytes");
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    /** @param maxBytes what keys, values and headers of one poll may have together */
    PollBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Begins a poll. */
    void begin() {
        bytes = 0;
        isLetIn = false;
    }

    /** Returns the consumer's deserializer of keys. */
    Deserializer<byte[]> keys() {
        return new FromBuffer() {
            @Override
            public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
                letIn(headers);
                isLetIn = true;
                return read(data);
            }
        };
    }

    /** Returns the consumer's deserializer of values. */
    Deserializer<byte[]> values() {
        return new FromBuffer() {
            @Override
            public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
                if (!isLetIn) {
                    letIn(headers);
                }
                isLetIn = false;
                return read(data);
            }
        };
    }

    private void letIn(Headers headers) {
        if (bytes >= maxBytes) {
            throw FULL;
        }
        for (Header header : headers) {
            bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
    }

    private byte[] read(ByteBuffer data) {
        byte[] read = new byte[data.remaining()];
        data.get(read);
        bytes += read.length;
        return read;
    }

    /** Consumers deserialize from buffers; the other method is there for Kafka's interface. */
    private abstract static class FromBuffer implements Deserializer<byte[]> {
        @Override
        public byte[] deserialize(String topic, byte[] data) {
            return data;
        }
    }
}
