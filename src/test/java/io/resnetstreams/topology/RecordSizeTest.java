package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the computed size with that of Kafka's own batch. */
class RecordSizeTest {
    /** The difference between the largest overhead that Kafka assumes for a record and the smallest actual one. */
    private static final int SLACK = 21;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theSizeIsThatOfABatchWithThisRecordAlone(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 500; i++) {
            byte[] key = bytes(random);
            byte[] value = bytes(random);
            RecordHeaders headers = new RecordHeaders();
            long headerBytes = 0;
            int count = random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(3);
            for (int header = 0; header < count; header++) {
                String name = "ä".repeat(random.nextInt(100));
                byte[] content = bytes(random);
                headers.add(name, content);
                headerBytes += 2L * name.length() + (content == null ? 0 : content.length);
            }
            int actual = MemoryRecords.withRecords(
                            Compression.NONE, new SimpleRecord(1_000, key, value, headers.toArray()))
                    .sizeInBytes();
            long size = RecordSize.of(key, value, headers);
            assertThat(size).as("seed %d, record %d", seed, i).isBetween((long) actual, (long) actual + SLACK);
            assertThat(RecordSize.atMost(key, value, count, headerBytes)).isGreaterThanOrEqualTo(size);
        }
    }

    private static byte[] bytes(SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> new byte[62 + random.nextInt(4)];
            case 3 -> new byte[8_190 + random.nextInt(4)];
            default -> new byte[random.nextInt(300)];
        };
    }
}
