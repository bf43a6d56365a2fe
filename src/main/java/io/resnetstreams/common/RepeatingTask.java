package io.resnetstreams.common;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task again and again on a daemon thread of its own, whatever the task throws. Java's executors end the schedule of a
 * task that has thrown, without a word. Here a failure is logged, at most once a minute while it recurs, and the schedule
 * goes on.
 *
 * <p>The pause is between runs: a process that stood still does not catch up on the runs that it missed.
 *
 * <p>Threading: any thread may close it.
 */
public final class RepeatingTask implements AutoCloseable {
    /** What is repeated; may throw whatever it likes. */
    @FunctionalInterface
    public interface Task {
        void run() throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(RepeatingTask.class);

    private final ScheduledExecutorService executor;

    private RepeatingTask(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    /**
     * Begins.
     *
     * @param name that of the thread, which log lines name too
     * @param first how long to wait before the first run
     * @param pause how long to wait between the end of a run and the next one; at least a millisecond
     */
    public static RepeatingTask start(String name, Duration first, Duration pause, Task task) {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(name));
        Guard guard = new Guard(name, task, executor::isShutdown, System::nanoTime, LOG::warn);
        executor.scheduleWithFixedDelay(guard, first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        return new RepeatingTask(executor);
    }

    /** Ends it at once; a run that goes on is interrupted. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** Ends it and waits until a run that goes on has ended; false when it has not within this time. */
    public boolean closeAndAwait(Duration longest) throws InterruptedException {
        close();
        return executor.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends it when a run that goes on has ended, and runs this last, on the same thread. */
    public void closeAfter(Runnable last) {
        executor.execute(last);
        executor.shutdown();
    }

    /** Takes a line and the failure that it is about. */
    interface Log {
        void warn(String line, Throwable failure);
    }

    /** Runs the task and keeps what it throws from the executor. */
    static final class Guard implements Runnable {
        static final Duration SILENCE = Duration.ofMinutes(1);

        private final String name;
        private final Task task;
        private final BooleanSupplier isClosed;
        private final LongSupplier nanoTicker;
        private final Log log;
        /** Failures since the last line. */
        private long untold;

        private boolean hasTold;
        private long toldNanos;

        Guard(String name, Task task, BooleanSupplier isClosed, LongSupplier nanoTicker, Log log) {
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
                // Errors too: memory that is short now may be there at the next run. When it is being closed, the
                // failure is the interrupt.
                if (!isClosed.getAsBoolean()) {
                    tell(failure);
                }
            }
        }

        private void tell(Throwable failure) {
            untold++;
            long now = nanoTicker.getAsLong();
            if (hasTold && now - toldNanos < SILENCE.toNanos()) {
                return;
            }
            try {
                String more = untold > 1 ? ", failure number " + untold + " since the last message" : "";
                log.warn("The task '" + name + "' failed and will be repeated" + more + ": " + failure, failure);
                hasTold = true;
                toldNanos = now;
                untold = 0;
            } catch (RuntimeException | Error e) {
                // Not even a line can be written, which must not end the schedule either; the next failure is told.
            }
        }
    }
}
