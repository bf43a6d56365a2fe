package io.resnetstreams.inference.batch;

import static io.resnetstreams.inference.batch.TestImages.pending;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.BatchQueue.Batch;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchQueueTest {
    private long now;
    private final BatchQueue queue = new BatchQueue(new BatchPolicy(2, 10), () -> now);
    private final BatchQueue atOnce = new BatchQueue(new BatchPolicy(3, 0), () -> now);

    @Test
    void aBatchHoldsImagesInArrivalOrder() throws InterruptedException {
        atOnce.add(pending(1, now));
        atOnce.add(pending(2, now));
        Batch batch = atOnce.take(3);
        assertThat(numbers(batch)).containsExactly(1, 2);
        assertThat(batch.closedBy()).isEqualTo(ClosedBy.DEVICE_FREE);
    }

    @Test
    void whatIsBeyondTheCeilingWaitsForTheNextBatch() throws InterruptedException {
        for (int number = 1; number <= 4; number++) {
            atOnce.add(pending(number, now));
        }
        assertThat(numbers(atOnce.take(3))).containsExactly(1, 2, 3);
        assertThat(numbers(atOnce.take(3))).containsExactly(4);
    }

    @Test
    void aLoweredCeilingMakesSmallerBatches() throws InterruptedException {
        for (int number = 1; number <= 3; number++) {
            atOnce.add(pending(number, now));
        }
        Batch batch = atOnce.take(2);
        assertThat(numbers(batch)).containsExactly(1, 2);
        assertThat(batch.closedBy()).isEqualTo(ClosedBy.FULL);
    }

    @Test
    void theDelayCountsFromTheFirstImage() throws InterruptedException {
        queue.add(pending(1, now));
        now += MILLISECONDS.toNanos(9);
        queue.add(pending(2, now));
        now += MILLISECONDS.toNanos(1);
        Batch batch = queue.take(3);
        assertThat(numbers(batch)).containsExactly(1, 2);
        assertThat(batch.closedBy()).isEqualTo(ClosedBy.DELAY);
    }

    @Test
    void timeMayOverflow() throws InterruptedException {
        queue.add(pending(1, Long.MAX_VALUE - 1));
        now = Long.MIN_VALUE + MILLISECONDS.toNanos(11);
        assertThat(queue.take(2).closedBy()).isEqualTo(ClosedBy.DELAY);
    }

    @Test
    void abandonedImagesAreDropped() throws InterruptedException {
        PendingImage head = pending(1, now);
        PendingImage middle = pending(3, now);
        List.of(head, pending(2, now), middle, pending(4, now)).forEach(atOnce::add);
        head.probabilities().cancel(false);
        middle.probabilities().cancel(false);
        assertThat(numbers(atOnce.take(3))).containsExactly(2, 4);
    }

    @Test
    void noBatchIsMadeOfAbandonedImagesAlone() throws InterruptedException {
        PendingImage image = pending(1, now);
        atOnce.add(image);
        image.probabilities().cancel(false);
        atOnce.close();
        assertThat(atOnce.take(3)).isNull();
        assertThat(atOnce.size()).isZero();
    }

    @Test
    void aFullBatchIsTakenAtOnce() throws InterruptedException {
        queue.add(pending(1, now));
        queue.add(pending(2, now));
        Batch batch = queue.take(2);
        assertThat(batch.images()).hasSize(2);
        assertThat(batch.closedBy()).isEqualTo(ClosedBy.FULL);
    }

    @Test
    void aBatchWhoseDelayHasPassedIsTakenAtOnce() throws InterruptedException {
        queue.add(pending(1, now));
        now += 10_000_000;
        assertThat(queue.take(2).closedBy()).isEqualTo(ClosedBy.DELAY);
    }

    @Test
    void aBusyWorkerTakesFullBatchesOnly() {
        queue.add(pending(1, now));
        now += 10_000_000;
        assertThat(queue.takeIfFull(2)).isNull();
        queue.add(pending(2, now));
        assertThat(queue.takeIfFull(2).images()).hasSize(2);
    }

    @Test
    void theSizeIsTheNumberOfWaitingImages() throws InterruptedException {
        assertThat(queue.size()).isZero();
        queue.add(pending(1, now));
        queue.add(pending(2, now));
        queue.add(pending(3, now));
        assertThat(queue.size()).isEqualTo(3);
        queue.take(2);
        assertThat(queue.size()).isEqualTo(1);
        queue.add(pending(4, now));
        queue.takeIfFull(2);
        assertThat(queue.size()).isZero();
    }

    @Test
    void abandonedImagesWaitNoMore() {
        PendingImage abandoned = pending(1, now);
        queue.add(abandoned);
        queue.add(pending(2, now));
        abandoned.probabilities().cancel(false);
        assertThat(queue.takeIfFull(2)).isNull();
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void aClosedQueueAcceptsNoImages() {
        queue.close();
        assertThat(queue.add(pending(1, now))).isFalse();
    }

    @Test
    void aClosedQueueHandsOutWhatItHolds() throws InterruptedException {
        queue.add(pending(1, now));
        queue.close();
        Batch batch = queue.take(2);
        assertThat(batch.images()).hasSize(1);
        assertThat(batch.closedBy()).isEqualTo(ClosedBy.DRAIN);
    }

    @Test
    void aClosedAndEmptyQueueGivesNull() throws InterruptedException {
        queue.add(pending(1, now));
        queue.close();
        queue.take(2);
        assertThat(queue.take(2)).isNull();
    }

    @Test
    void imagesPutBackComeFirst() throws InterruptedException {
        queue.add(pending(3, now));
        assertThat(queue.putBack(List.of(pending(1, now), pending(2, now)))).isTrue();
        assertThat(numbers(queue.take(3))).containsExactly(1, 2, 3);
    }

    @Test
    void aClosedQueueTakesImagesBack() throws InterruptedException {
        queue.close();
        assertThat(queue.putBack(List.of(pending(1, now)))).isTrue();
        assertThat(numbers(queue.take(2))).containsExactly(1);
    }

    @Test
    void anEmptiedQueueReturnsWhatItHeldAndTakesNothing() throws InterruptedException {
        PendingImage image = pending(1, now);
        queue.add(image);
        assertThat(queue.closeAndEmpty()).containsExactly(image);
        assertThat(queue.size()).isZero();
        assertThat(queue.add(pending(2, now))).isFalse();
        assertThat(queue.putBack(List.of(pending(3, now)))).isFalse();
        assertThat(queue.closeAndEmpty()).isEmpty();
        assertThat(queue.take(2)).isNull();
    }

    private static List<Integer> numbers(Batch batch) {
        return batch.images().stream().map(image -> (int) image.pixels()[0]).toList();
    }
}
