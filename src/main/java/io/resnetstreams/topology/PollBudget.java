package io.resnetstreams.topology;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Limits the uncompressed bytes that a poll returns. Kafka's own limits count compressed bytes and records, so a poll
 * could return gigabytes. Once the budget is used up, the two deserializers of a consumer refuse the next record; the
 * consumer returns the records it has, and deserializes the refused one again in the next poll.
 *
 * <p>A poll exceeds the limit by two records at most, and returns at least one. A record without key and value is not
 * counted, since it reaches no deserializer. Used by the consumer's thread only.
 */
final class PollBudget {
    private static final FullException FULL = new FullException();

    private final long maxBytes;
    private long bytes;
    /** Whether the key of the current record was accepted, so that its value is too. */
    private boolean isAccepted;

    /** The poll has reached its limit. One instance is thrown many times, so it has no stack trace. */
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

    PollBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    void begin() {
        bytes = 0;
        isAccepted = false;
    }

    Deserializer<byte[]> keys() {
        return deserializer(headers -> {
            accept(headers);
            isAccepted = true;
        });
    }

    Deserializer<byte[]> values() {
        return deserializer(headers -> {
            if (!isAccepted) {
                accept(headers);
            }
            isAccepted = false;
        });
    }

    private Deserializer<byte[]> deserializer(Consumer<Headers> check) {
        return new ByteArrayDeserializer() {
            @Override
            public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
                check.accept(headers);
                byte[] read = Utils.toArray(data);
                bytes += read.length;
                return read;
            }
        };
    }

    private void accept(Headers headers) {
        if (bytes >= maxBytes) {
            throw FULL;
        }
        for (Header header : headers) {
            bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
    }
}
