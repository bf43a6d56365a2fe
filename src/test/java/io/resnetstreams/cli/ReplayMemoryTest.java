package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.cli.ReplayMemory.Ranges;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplayMemoryTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @Test
    void rangesAreASetOfOffsets() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            Ranges ranges = new Ranges();
            BitSet expected = new BitSet();
            for (int i = 0; i < 30; i++) {
                int from = random.nextInt(100);
                int to = from + random.nextInt(6);
                ranges.add(from, to);
                expected.set(from, to);
            }
            Ranges again = Ranges.decoded(ranges.firstMissing(), ranges.encoded());
            assertThat(ranges.firstMissing()).as("seed %d", SEED).isEqualTo(expected.nextClearBit(0));
            for (int offset = 0; offset < 110; offset++) {
                assertThat(ranges.contains(offset)).as("seed %d", SEED).isEqualTo(expected.get(offset));
                assertThat(again.contains(offset)).as("seed %d", SEED).isEqualTo(expected.get(offset));
            }
        }
    }

    @Test
    void everySecondOfManyLettersFitsTheMetadata() {
        Ranges ranges = new Ranges();
        for (long offset = 1; offset < 200_000; offset += 2) {
            ranges.add(offset, offset + 1);
        }
        assertThat(ranges.encoded()).hasSizeLessThan(4_000);
    }

    @Test
    void metadataOfAnotherProgramIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Ranges.decoded(0, "abcd"));
    }
}
