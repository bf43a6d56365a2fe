package io.resnetstreams.inference.batch;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DecodeCapacityTest {
    private static final int LIMIT_SECONDS = 30;

    private final AtomicInteger size = new AtomicInteger(2);
    private final DecodeCapacity room = new DecodeCapacity(size::get);

    /** Acquires a place on a new thread, and returns once that thread has it or waits for it. */
    private CompletableFuture<Void> taker() {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                room.acquire();
                taken.complete(null);
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(LIMIT_SECONDS))
                .until(() -> taken.isDone() || thread.getState() == Thread.State.WAITING);
        return taken;
    }

    @Test
    void threadsBeyondTheSizeWait() throws Exception {
        room.acquire();
        room.acquire();
        CompletableFuture<Void> third = taker();
        assertThat(third).isNotDone();
        room.release();
        third.get(LIMIT_SECONDS, SECONDS);
    }

    @Test
    void aSmallerSizeAppliesWhenPlacesAreReleased() throws Exception {
        room.acquire();
        room.acquire();
        size.set(1);
        room.release();
        CompletableFuture<Void> third = taker();
        assertThat(third).isNotDone();
        room.release();
        third.get(LIMIT_SECONDS, SECONDS);
    }

    @Test
    void aLargerSizeAdmitsAllThatFit() throws Exception {
        room.acquire();
        room.acquire();
        CompletableFuture<Void> third = taker();
        CompletableFuture<Void> fourth = taker();
        size.set(3);
        room.release();
        third.get(LIMIT_SECONDS, SECONDS);
        fourth.get(LIMIT_SECONDS, SECONDS);
    }

    @Test
    void oneIsAlwaysAllowed() throws Exception {
        size.set(0);
        taker().get(LIMIT_SECONDS, SECONDS);
    }
}
