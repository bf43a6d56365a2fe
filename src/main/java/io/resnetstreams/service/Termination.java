package io.resnetstreams.service;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.topology.Pipeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a command with a pipeline at SIGTERM or Ctrl-C, in any state. Before the pipeline has started there is nothing to
 * commit, so the process ends at once. Later the pipeline is closed within a timeout, and the command reports its result.
 * The process does not wait for the devices: their images will be reprocessed, and a device may hang. A second signal ends
 * the process at once.
 *
 * <p>Threading: Java handles a signal on a thread of its own; the thread of the command does the rest.
 */
public final class Termination {
    private static final Logger LOG = LoggerFactory.getLogger(Termination.class);
    /** The exit code of a process that a signal ended is this plus the signal's number. */
    private static final int SIGNALLED = 128;

    private static volatile Termination installed;

    private final long timeoutMillis;
    private final int exitCodeBefore;
    /** Loaded before a signal arrives. */
    private final CLibrary system = CLibrary.INSTANCE;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    /** Closes the pipeline once it has started. Guarded by this, as is the following field. */
    private Runnable close;

    private boolean signalled;

    private Termination(long timeoutMillis, int exitCodeBefore) {
        this.timeoutMillis = timeoutMillis;
        this.exitCodeBefore = exitCodeBefore;
    }

    /**
     * Lets signals end the command of this process. Called once, when the process starts; without it, as in a JVM that runs
     * several commands, no command affects how the JVM exits.
     */
    public static void handleSignals() {
        for (String signal : List.of("TERM", "INT", "HUP")) {
            Signals.handle(signal, Termination::onSignal);
        }
    }

    private static void onSignal(int number) {
        if (installed != null) {
            installed.onSignal();
        } else {
            ProcessEnd.end(SIGNALLED + number);
        }
    }

    /**
     * Selects how the next signal is handled; see {@link #handleSignals}.
     *
     * @param timeoutMillis maximum time for closing the pipeline
     * @param exitCodeBefore exit code of a process that ends before its pipeline has started
     */
    public static Termination install(long timeoutMillis, int exitCodeBefore) {
        installed = new Termination(timeoutMillis, exitCodeBefore);
        return installed;
    }

    /** Starts the pipeline unless a signal has arrived; a later signal closes it. */
    public synchronized void start(Pipeline pipeline) {
        if (!signalled) {
            close = pipeline::close;
            pipeline.start();
        }
    }

    /** Starts the pipeline unless a signal has arrived, and then does as {@link #attend}. */
    public synchronized void startAttended(Pipeline pipeline) {
        start(pipeline);
        attend();
    }

    /** From now on the command checks {@link #isAsked} or waits for it, and closes its resources. */
    public synchronized void attend() {
        close = () -> {};
    }

    /** Returns whether a signal has arrived. */
    public boolean isAsked() {
        return asked.getCount() == 0;
    }

    /** Waits for a signal at most this time; returns whether one has arrived. */
    public boolean awaitAsked(Duration most) throws InterruptedException {
        return asked.await(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits for a signal. */
    public void awaitAsked() throws InterruptedException {
        asked.await();
    }

    /** Sets the exit code once the command has reported its result. Only the first call counts. */
    public void ended(int code) {
        exitCode.complete(code);
    }

    private void onSignal() {
        if (exitCode.isDone()) {
            // The devices are being closed, which may take long.
            ProcessEnd.endAtOnce(exitCode.join());
        }
        system.signal(CLibrary.SIGTERM, CLibrary.DEFAULT_ACTION);
        system.signal(CLibrary.SIGINT, CLibrary.DEFAULT_ACTION);
        Runnable closing = signalled();
        asked.countDown();
        ProcessEnd.endAtOnce(closing == null ? exitCodeBefore : close(closing));
    }

    private synchronized Runnable signalled() {
        signalled = true;
        return close;
    }

    private int close(Runnable running) {
        LOG.info("Stopping within {} ms; a second signal ends at once", timeoutMillis);
        // On a separate thread, since closing Kafka's clients may block.
        DaemonThreads.start("closing", running);
        try {
            return exitCode.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException e) {
            LOG.error("Not closed within {} ms; uncommitted events will be reprocessed", timeoutMillis);
            return 1;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
