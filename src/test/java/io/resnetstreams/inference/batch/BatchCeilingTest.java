package io.resnetstreams.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchCeilingTest {
    private static final int LARGEST = 32;

    private final BatchCeiling ceiling = new BatchCeiling(LARGEST);

    /** Classifies full batches until the ceiling grows, and returns their number. */
    private int fullBatchesUntilGrowth() {
        int batches = 1;
        while (!ceiling.fitted(ceiling.get())) {
            batches++;
            assertThat(batches).isLessThan(10_000);
        }
        return batches;
    }

    @Test
    void theCeilingStartsAtTheLargestSize() {
        assertThat(ceiling.get()).isEqualTo(LARGEST);
    }

    @Test
    void outOfMemoryHalvesIt() {
        assertThat(ceiling.outOfMemory(32)).isEqualTo(16);
        assertThat(ceiling.outOfMemory(16)).isEqualTo(8);
    }

    @Test
    void aBatchBegunBeforeItWasLoweredDoesNotRaiseIt() {
        ceiling.outOfMemory(16);
        assertThat(ceiling.outOfMemory(32)).isEqualTo(8);
    }

    @Test
    void itIsNeverLessThanOne() {
        assertThat(ceiling.outOfMemory(2)).isEqualTo(1);
        assertThat(new BatchCeiling(1).get()).isEqualTo(1);
    }

    @Test
    void itGrowsByASixteenthOfTheLargest() {
        ceiling.outOfMemory(32);
        assertThat(fullBatchesUntilGrowth()).isEqualTo(BatchCeiling.FIRST_WAIT);
        assertThat(ceiling.get()).isEqualTo(18);
        assertThat(fullBatchesUntilGrowth()).isEqualTo(BatchCeiling.FIRST_WAIT);
        assertThat(ceiling.get()).isEqualTo(20);
    }

    @Test
    void itGrowsByOneWhereASixteenthIsLess() {
        BatchCeiling small = new BatchCeiling(4);
        small.outOfMemory(4);
        for (int batch = 0; batch < BatchCeiling.FIRST_WAIT; batch++) {
            small.fitted(2);
        }
        assertThat(small.get()).isEqualTo(3);
    }

    @Test
    void itNeverGrowsBeyondTheLargest() {
        ceiling.outOfMemory(32);
        for (int batch = 0; batch < 100 * BatchCeiling.FIRST_WAIT; batch++) {
            ceiling.fitted(ceiling.get());
        }
        assertThat(ceiling.get()).isEqualTo(LARGEST);
    }

    @Test
    void runningOutOfMemoryRestartsTheCount() {
        ceiling.outOfMemory(32);
        for (int batch = 1; batch < BatchCeiling.FIRST_WAIT; batch++) {
            ceiling.fitted(16);
        }
        ceiling.outOfMemory(16);
        assertThat(fullBatchesUntilGrowth()).isEqualTo(BatchCeiling.FIRST_WAIT);
    }

    @Test
    void theWaitDoublesEachTimeTheCeilingGrewTooFar() {
        ceiling.outOfMemory(32);
        for (int patience = BatchCeiling.FIRST_WAIT; patience < BatchCeiling.LONGEST_WAIT; patience = 2 * patience) {
            assertThat(fullBatchesUntilGrowth()).isEqualTo(patience);
            ceiling.outOfMemory(18);
        }
        assertThat(fullBatchesUntilGrowth()).isEqualTo(BatchCeiling.LONGEST_WAIT);
        ceiling.outOfMemory(18);
        assertThat(fullBatchesUntilGrowth()).isEqualTo(BatchCeiling.LONGEST_WAIT);
    }

    @Test
    void repeatedHalvingDoublesTheWaitOnce() {
        ceiling.outOfMemory(32);
        fullBatchesUntilGrowth();
        ceiling.outOfMemory(18);
        ceiling.outOfMemory(8);
        ceiling.outOfMemory(4);
        assertThat(fullBatchesUntilGrowth()).isEqualTo(2 * BatchCeiling.FIRST_WAIT);
    }

    @Test
    void afterLongAtTheTopTheWaitIsReset() {
        ceiling.outOfMemory(32);
        fullBatchesUntilGrowth();
        ceiling.outOfMemory(18);
        while (ceiling.get() < LARGEST) {
            fullBatchesUntilGrowth();
        }
        for (int batch = 0; batch < 2 * BatchCeiling.FIRST_WAIT; batch++) {
            assertThat(ceiling.fitted(LARGEST)).isFalse();
        }
        ceiling.outOfMemory(32);
        assertThat(fullBatchesUntilGrowth()).isEqualTo(BatchCeiling.FIRST_WAIT);
    }

    @Test
    void smallerBatchesDoNotCount() {
        ceiling.outOfMemory(32);
        for (int batch = 0; batch < 10 * BatchCeiling.FIRST_WAIT; batch++) {
            assertThat(ceiling.fitted(15)).isFalse();
        }
        assertThat(ceiling.get()).isEqualTo(16);
    }
}
