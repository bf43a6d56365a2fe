package io.resnetstreams.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end its work in order on SIGTERM or Ctrl-C: the process waits until the command has closed all it opened,
 * since it can't end while a native thread computes.
 *
 * <p>Threading: the command's thread, and the JVM's shutdown thread.
 */
final class SignalStop {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Duration timeout;
    private volatile int exitCode;

    private SignalStop(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Begins to listen.
     *
     * @param timeout how long the process waits for the command
     */
    static SignalStop install(Duration timeout) {
        SignalStop stop = new SignalStop(timeout);
        Runtime.getRuntime().addShutdownHook(new Thread(stop::onShutdown, "shutdown"));
        return stop;
    }

    private void onShutdown() {
        if (ended.getCount() == 0) {
            return;
        }
        asked.countDown();
        try {
            if (ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                Main.endAfterSignal(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits, and returns whether the command should end. */
    boolean await(Duration time) throws InterruptedException {
        return asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until the command should end. */
    void awaitAsked() throws InterruptedException {
        asked.await();
    }

    boolean isAsked() {
        return asked.getCount() == 0;
    }

    /** The command has closed everything; a process that was asked to stop ends with this exit code. */
    void ended(int code) {
        exitCode = code;
        ended.countDown();
    }
}
