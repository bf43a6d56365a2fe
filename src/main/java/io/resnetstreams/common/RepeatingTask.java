package io.resnetstreams.common;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a task on its own daemon thread, even if it throws. Java's executors silently stop repeating a task that has thrown.
 * Here a failure is logged, at most once a minute while it recurs, and the task is repeated.
 *
 * <p>The pause is between executions: a process that was suspended does not catch up on missed ones. Threading: any thread may
 * close it.
 */
public final class RepeatingTask implements AutoCloseable {
    /** The repeated task, which may throw any exception. */
    @FunctionalInterface
    public interface Task {
        void run() throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(RepeatingTask.class);

    private final ScheduledExecutorService executor;

    private RepeatingTask(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    /** Starts to repeat a task on a thread of this name, with at least a millisecond between executions. */
    public static RepeatingTask start(String name, Duration first, Duration pause, Task task) {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(name));
        Guard guard = new Guard(name, task, executor::isShutdown, System::nanoTime, LOG::warn);
        executor.scheduleWithFixedDelay(guard, first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        return new RepeatingTask(executor);
    }

    /** Stops immediately, and interrupts a running execution. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** Stops and waits for a running execution; returns false if that has not ended within this time. */
    public boolean closeAndAwait(Duration longest) throws InterruptedException {
        close();
        return executor.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops after a running execution, and then runs a last task on the same thread. */
    public void closeAfter(Runnable last) {
        executor.execute(last);
        executor.shutdown();
    }

    /** Runs the task, and catches what it throws. */
    static final class Guard implements Runnable {
        static final Duration SILENCE = Duration.ofMinutes(1);

        private final String name;
        private final Task task;
        private final BooleanSupplier isClosed;
        private final LongSupplier nanoTicker;
        private final BiConsumer<String, Throwable> log;
        /** The number of failures since the last message. */
        private long unreported;

        private boolean hasLogged;
        private long loggedNanos;

        Guard(
                String name,
                Task task,
                BooleanSupplier isClosed,
                LongSupplier nanoTicker,
                BiConsumer<String, Throwable> log) {
            this.name = name;
            this.task = task;
            this.isClosed = isClosed;
            this.nanoTicker = nanoTicker;
            this.log = log;
        }

        @Override
        public void run() {
            try {
                task.run();
            } catch (Throwable failure) {
                // Also errors: memory that is short now may be available at the next execution. After close(), the
                // failure
                // is the interrupt.
                if (!isClosed.getAsBoolean()) {
                    report(failure);
                }
            }
        }

        private void report(Throwable failure) {
            unreported++;
            long now = nanoTicker.getAsLong();
            if (hasLogged && now - loggedNanos < SILENCE.toNanos()) {
                return;
            }
            try {
                String more = unreported > 1 ? ", failure number " + unreported + " since the last message" : "";
                log.accept("The task '" + name + "' failed and will be repeated" + more + ": " + failure, failure);
                hasLogged = true;
                loggedNanos = now;
                unreported = 0;
            } catch (RuntimeException | Error e) {
                // A failure to log must not stop the repetition either; the next failure is logged.
            }
        }
    }
}
