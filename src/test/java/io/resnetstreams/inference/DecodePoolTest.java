package io.resnetstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DecodePoolTest {
    private static final int MANY = 20_000;

    /** Waits until all tasks that were started before have ended, in a pool of one thread. */
    private static void awaitStarted(DecodePool pool) {
        CompletableFuture<Void> last = new CompletableFuture<>();
        pool.execute(() -> last.complete(null));
        last.join();
    }

    @Test
    void queuedTasksRunInOrderWhenTheyAreStarted() {
        List<Integer> ran = new CopyOnWriteArrayList<>();
        try (DecodePool pool = new DecodePool("pool-test-", 1)) {
            pool.queue(() -> ran.add(1));
            pool.queue(() -> ran.add(2));
            assertThat(ran).isEmpty();
            awaitStarted(pool);
            assertThat(ran).containsExactly(1, 2);
            pool.startQueued();
            awaitStarted(pool);
            assertThat(ran).containsExactly(1, 2);
        }
    }

    @Test
    void allThreadsWorkAtTheSameTime() throws InterruptedException {
        CountDownLatch together = new CountDownLatch(3);
        CountDownLatch met = new CountDownLatch(3);
        try (DecodePool pool = new DecodePool("pool-test-", 3)) {
            for (int task = 0; task < 3; task++) {
                pool.queue(() -> {
                    together.countDown();
                    try {
                        together.await();
                        met.countDown();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            pool.startQueued();
            assertThat(met.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void noTaskIsLostOrRunTwiceWithSeveralProducers() throws InterruptedException {
        List<AtomicInteger> runs = IntStream.range(0, 3 * MANY)
                .mapToObj(number -> new AtomicInteger())
                .toList();
        CountDownLatch all = new CountDownLatch(3 * MANY);
        try (DecodePool pool = new DecodePool("pool-test-", 2)) {
            List<Thread> producers = new ArrayList<>();
            for (int producer = 0; producer < 3; producer++) {
                int first = producer * MANY;
                Thread thread = new Thread(() -> {
                    for (int number = first; number < first + MANY; number++) {
                        AtomicInteger run = runs.get(number);
                        pool.queue(() -> {
                            run.incrementAndGet();
                            all.countDown();
                        });
                        if (number % 16 == 0) {
                            pool.startQueued();
                        }
                    }
                    pool.startQueued();
                });
                producers.add(thread);
                thread.start();
            }
            for (Thread producer : producers) {
                producer.join();
            }
            all.await();
        }
        assertThat(runs).allSatisfy(run -> assertThat(run).hasValue(1));
    }

    @Test
    void aClosedPoolInterruptsItsThreadsAndRunsNothingMore() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        DecodePool pool = new DecodePool("pool-test-", 1);
        pool.execute(() -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                Thread.currentThread().interrupt();
            }
        });
        pool.execute(ran::incrementAndGet);
        begun.await();
        pool.close();
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> pool.queue(ran::incrementAndGet)).isInstanceOf(RejectedExecutionException.class);
        assertThat(ran).hasValue(0);
    }
}
