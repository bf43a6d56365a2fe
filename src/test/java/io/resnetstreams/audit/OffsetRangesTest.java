package io.resnetstreams.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.kafka.TopicScan;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OffsetRangesTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @Test
    void rangesAreASetOfOffsets() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            OffsetRanges ranges = new OffsetRanges();
            BitSet expected = new BitSet();
            for (int i = 0; i < 30; i++) {
                int from = random.nextInt(100);
                int to = from + random.nextInt(6);
                ranges.add(from, to);
                expected.set(from, to);
            }
            OffsetRanges again = OffsetRanges.decoded(ranges.firstMissing(), ranges.encoded());
            assertThat(ranges.firstMissing()).as("seed %d", SEED).isEqualTo(expected.nextClearBit(0));
            for (int offset = 0; offset < 110; offset++) {
                assertThat(ranges.contains(offset)).as("seed %d", SEED).isEqualTo(expected.get(offset));
                assertThat(again.contains(offset)).as("seed %d", SEED).isEqualTo(expected.get(offset));
            }
        }
    }

    @Test
    void missingOffsetsLieBetweenTheRanges() {
        OffsetRanges ranges = new OffsetRanges();
        assertThat(ranges.missing(3, 5)).containsExactly(new TopicScan.Range(3, 5));
        ranges.add(2, 4);
        ranges.add(6, 8);
        assertThat(ranges.first(-1)).isEqualTo(2);
        assertThat(ranges.missing(0, 10))
                .containsExactly(new TopicScan.Range(0, 2), new TopicScan.Range(4, 6), new TopicScan.Range(8, 10));
        assertThat(ranges.missing(2, 8)).containsExactly(new TopicScan.Range(4, 6));
        assertThat(ranges.missing(3, 5)).containsExactly(new TopicScan.Range(4, 5));
        assertThat(ranges.missing(6, 8)).isEmpty();
    }

    @Test
    void rangesOfEverySecondOffsetFitTheMetadata() {
        OffsetRanges ranges = new OffsetRanges();
        for (long offset = 1; offset < 200_000; offset += 2) {
            ranges.add(offset, offset + 1);
        }
        assertThat(ranges.encoded()).hasSizeLessThan(4_000);
    }

    @Test
    void metadataOfAnotherProgramIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> OffsetRanges.decoded(0, "abcd"));
    }
}
