package io.resnetstreams.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatingTaskTest {
    private static final int LIMIT_SECONDS = 30;

    private final List<String> told = new ArrayList<>();
    private long nanos;
    private boolean closed;

    private RepeatingTask.Guard guard(RepeatingTask.Task task) {
        return new RepeatingTask.Guard("look", task, () -> closed, () -> nanos, (line, failure) -> told.add(line));
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, InterruptedException.class, OutOfMemoryError.class})
    void theScheduleContinuesWhateverTheTaskThrows(Class<? extends Throwable> failure) throws Exception {
        CountDownLatch runs = new CountDownLatch(3);
        try (RepeatingTask task = RepeatingTask.start("test", Duration.ZERO, Duration.ofMillis(1), () -> {
            runs.countDown();
            sneaky(failure.getDeclaredConstructor().newInstance());
        })) {
            assertThat(runs.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(task.closeAndAwait(Duration.ofSeconds(LIMIT_SECONDS))).isTrue();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void aRecurringFailureIsLoggedOnceAMinute() {
        RepeatingTask.Guard guard = guard(() -> {
            throw new IllegalStateException("no broker");
        });
        for (int second = 0; second <= 120; second++) {
            guard.run();
            nanos += TimeUnit.SECONDS.toNanos(1);
        }
        String line = "The task 'look' failed and will be repeated";
        String failure = ": java.lang.IllegalStateException: no broker";
        assertThat(told)
                .containsExactly(
                        line + failure,
                        line + ", failure number 60 since the last message" + failure,
                        line + ", failure number 60 since the last message" + failure);
    }

    @Test
    void aFailureOfEverySecondRunIsLoggedNoMoreOften() {
        boolean[] fails = new boolean[1];
        RepeatingTask.Guard guard = guard(() -> {
            fails[0] = !fails[0];
            if (fails[0]) {
                throw new IllegalStateException("no broker");
            }
        });
        for (int run = 0; run < 100; run++) {
            guard.run();
        }
        assertThat(told).hasSize(1);
    }

    @Test
    void theInterruptOfClosingIsNoFailure() {
        closed = true;
        guard(() -> {
                    throw new InterruptedException();
                })
                .run();
        assertThat(told).isEmpty();
    }

    @Test
    void aFailingLogDoesNotStopTheScheduleAndIsTriedAgain() {
        boolean[] full = {true};
        RepeatingTask.Guard guard = new RepeatingTask.Guard(
                "look",
                () -> {
                    throw new IllegalStateException("no broker");
                },
                () -> false,
                () -> nanos,
                (line, failure) -> {
                    if (full[0]) {
                        throw new OutOfMemoryError();
                    }
                    told.add(line);
                });
        guard.run();
        full[0] = false;
        guard.run();
        assertThat(told).hasSize(1);
    }

    @Test
    void theClosingActionRunsAfterTheLastRun() throws Exception {
        CountDownLatch last = new CountDownLatch(1);
        RepeatingTask task = RepeatingTask.start("test", Duration.ZERO, Duration.ofMillis(1), () -> {});
        task.closeAfter(last::countDown);
        assertThat(last.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
}
