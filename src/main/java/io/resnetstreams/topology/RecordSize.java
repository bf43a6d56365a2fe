package io.resnetstreams.topology;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;

/**
 * The size of a record alone in an uncompressed batch of Kafka's record format 2, to which the limits of producers and topics
 * apply: 61 bytes for the batch, up to 21 for the record, and each length as a variable-length integer of 7 bits a byte
 * (Kafka's protocol guide, "Record Batch").
 */
final class RecordSize {
    private static final int BATCH_BYTES = 61;
    private static final int RECORD_BYTES = 21;
    private static final int LONGEST_LENGTH = 5;

    private RecordSize() {}

    static long of(byte[] key, byte[] value, Headers headers) {
        long bytes = BATCH_BYTES + RECORD_BYTES + field(key) + field(value);
        int count = 0;
        for (Header header : headers) {
            int name = Utils.utf8Length(header.key());
            bytes += lengthBytes(name) + name + field(header.value());
            count++;
        }
        return bytes + lengthBytes(count);
    }

    /** Returns an upper bound of the size, without measuring each header. */
    static long atMost(byte[] key, byte[] value, int headerCount, long headerBytes) {
        long lengths = LONGEST_LENGTH + 2L * LONGEST_LENGTH * headerCount;
        return BATCH_BYTES + RECORD_BYTES + field(key) + field(value) + headerBytes + lengths;
    }

    private static long field(byte[] bytes) {
        return bytes == null ? 1 : lengthBytes(bytes.length) + (long) bytes.length;
    }

    /** The zigzag encoding of lengths uses one bit for the sign. */
    private static int lengthBytes(int length) {
        return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(length << 1) + 6) / 7);
    }
}
