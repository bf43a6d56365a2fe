package io.resnetstreams.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientWorkTest {
    // The value overflows during the tests, as that of a real ticker may.
    private long nanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(5);
    private final ClientWork work = new ClientWork(() -> nanos);

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private void pass(int seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void longWorkIsInterruptedOnce() {
        ClientWork.Piece piece = work.begin();
        pass(9);
        work.endOlderThan(Duration.ofSeconds(10));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        pass(1);
        work.endOlderThan(Duration.ofSeconds(10));
        assertThat(Thread.interrupted()).isTrue();
        work.endOlderThan(Duration.ofSeconds(10));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        piece.over();
    }

    @Test
    void theInterruptOfOnePieceDoesNotAffectTheNext() {
        ClientWork.Piece piece = work.begin();
        pass(10);
        work.endOldest(Duration.ofSeconds(10));
        piece.over();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        pass(10);
        work.endOlderThan(Duration.ZERO);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** For example, closing the server interrupts its threads. */
    @Test
    void anInterruptFromElsewhereIsKept() {
        ClientWork.Piece piece = work.begin();
        Thread.currentThread().interrupt();
        piece.over();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void theOldestPieceIsInterruptedFirst() throws Exception {
        ClientWork.Piece[] other = new ClientWork.Piece[1];
        Thread older = new Thread(() -> other[0] = work.begin());
        older.start();
        older.join();
        pass(8);
        ClientWork.Piece mine = work.begin();
        pass(8);
        work.endOldest(Duration.ofSeconds(1));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        work.endOldest(Duration.ofSeconds(1));
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        mine.over();
    }
}
