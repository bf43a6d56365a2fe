package io.resnetstreams.inference.batch;

import static io.resnetstreams.inference.batch.TestImages.pending;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchAccumulatorTest {
    private final BatchAccumulator atOnce = new BatchAccumulator(new BatchPolicy(3, 0));
    private final BatchAccumulator delayed = new BatchAccumulator(new BatchPolicy(3, 10));

    private static List<Integer> numbers(Batch batch) {
        return batch.images().stream().map(image -> (int) image.pixels()[0]).toList();
    }

    @Test
    void withoutImagesNoBatchIsDue() {
        assertThat(atOnce.poll(0, 3, false)).isNull();
    }

    @Test
    void aBatchHoldsImagesInArrivalOrder() {
        atOnce.add(pending(1, 0));
        atOnce.add(pending(2, 0));
        Batch batch = atOnce.poll(0, 3, false);
        assertThat(numbers(batch)).containsExactly(1, 2);
        assertThat(batch.closedBy()).isEqualTo(ClosedBy.DEVICE_FREE);
    }

    @Test
    void imagesBeyondTheCeilingWaitForTheNextBatch() {
        for (int number = 1; number <= 4; number++) {
            atOnce.add(pending(number, 0));
        }
        assertThat(numbers(atOnce.poll(0, 3, false))).containsExactly(1, 2, 3);
        assertThat(numbers(atOnce.poll(0, 3, false))).containsExactly(4);
    }

    @Test
    void aLoweredCeilingMakesSmallerBatches() {
        for (int number = 1; number <= 3; number++) {
            atOnce.add(pending(number, 0));
        }
        Batch batch = atOnce.poll(0, 2, false);
        assertThat(numbers(batch)).containsExactly(1, 2);
        assertThat(batch.closedBy()).isEqualTo(ClosedBy.FULL);
    }

    @Test
    void theDelayCountsFromTheFirstImage() {
        delayed.add(pending(1, 0));
        delayed.add(pending(2, MILLISECONDS.toNanos(9)));
        assertThat(delayed.poll(MILLISECONDS.toNanos(9), 3, false)).isNull();
        Batch batch = delayed.poll(MILLISECONDS.toNanos(10), 3, false);
        assertThat(numbers(batch)).containsExactly(1, 2);
        assertThat(batch.closedBy()).isEqualTo(ClosedBy.DELAY);
    }

    @Test
    void theTimeUntilABatchIsDueShrinks() {
        delayed.add(pending(1, MILLISECONDS.toNanos(100)));
        assertThat(delayed.nanosUntilDue(MILLISECONDS.toNanos(103))).isEqualTo(MILLISECONDS.toNanos(7));
    }

    @Test
    void withoutImagesNothingWillEverBeDue() {
        assertThat(delayed.nanosUntilDue(5)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void timeMayOverflow() {
        delayed.add(pending(1, Long.MAX_VALUE - 1));
        assertThat(delayed.poll(Long.MIN_VALUE + MILLISECONDS.toNanos(11), 3, false))
                .isNotNull();
    }

    @Test
    void abandonedImagesAreDropped() {
        PendingImage head = pending(1, 0);
        PendingImage middle = pending(3, 0);
        atOnce.add(head);
        atOnce.add(pending(2, 0));
        atOnce.add(middle);
        atOnce.add(pending(4, 0));
        head.probabilities().cancel(false);
        middle.probabilities().cancel(false);
        assertThat(numbers(atOnce.poll(0, 3, false))).containsExactly(2, 4);
    }

    @Test
    void noBatchIsMadeOfAbandonedImagesAlone() {
        PendingImage image = pending(1, 0);
        atOnce.add(image);
        image.probabilities().cancel(false);
        assertThat(atOnce.poll(0, 3, false)).isNull();
        assertThat(atOnce.size()).isZero();
    }
}
