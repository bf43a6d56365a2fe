package io.resnetstreams.service;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.inference.batch.DeviceThreads;
import io.resnetstreams.topology.Pipeline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a command that has a pipeline at SIGTERM or Ctrl-C, whatever it is doing. Before the pipeline has started there is
 * nothing to commit, so the process ends at once. Later the pipeline is closed, within its time-out, and the command says how
 * it went. Nobody waits for the devices: what they work on is redone, and a device may hang. A second signal ends the process
 * at once.
 *
 * <p>Threading: Java calls {@link #onSignal} on a thread of its own; the command's thread does the rest.
 */
public final class Termination {
    private static final Logger LOG = LoggerFactory.getLogger(Termination.class);

    private final long timeoutMillis;
    private final int exitCodeBefore;
    /** Loaded before a signal comes. */
    private final CLibrary system = CLibrary.INSTANCE;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    /** What closes the pipeline once it has started. Guarded by this, as is the following. */
    private Runnable close;

    private boolean signalled;

    private Termination(long timeoutMillis, int exitCodeBefore) {
        this.timeoutMillis = timeoutMillis;
        this.exitCodeBefore = exitCodeBefore;
    }

    /**
     * From now on signals are heeded.
     *
     * @param timeoutMillis that closing may take
     * @param exitCodeBefore of a process that ends before its pipeline has started
     */
    public static Termination install(long timeoutMillis, int exitCodeBefore) {
        Termination termination = new Termination(timeoutMillis, exitCodeBefore);
        Runtime.getRuntime().addShutdownHook(new Thread(termination::onSignal, "shutdown"));
        return termination;
    }

    /** Starts the pipeline, unless a signal has come; one that comes later closes it. */
    public void start(Pipeline pipeline) {
        start(pipeline, pipeline::close);
    }

    /** Starts the pipeline, unless a signal has come; the command looks at {@link #isAsked} and closes it itself. */
    public void startAttended(Pipeline pipeline) {
        start(pipeline, () -> {});
    }

    private synchronized void start(Pipeline pipeline, Runnable toClose) {
        if (!signalled) {
            close = toClose;
            pipeline.start();
        }
    }

    /** From now on the command looks at {@link #isAsked}, or waits for it, and closes what it has open itself. */
    public synchronized void attend() {
        close = () -> {};
    }

    public boolean isAsked() {
        return asked.getCount() == 0;
    }

    /** Waits, and returns whether the command should end. */
    public boolean awaitAsked(Duration most) throws InterruptedException {
        return asked.await(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until the command should end. */
    public void awaitAsked() throws InterruptedException {
        asked.await();
    }

    /** The command has said how it went; what follows is no more than cleaning up. Only the first call counts. */
    public void ended(int code) {
        exitCode.complete(code);
    }

    private void onSignal() {
        if (exitCode.isDone()) {
            // An ordinary end; or a signal while the devices are being closed, which may take them long.
            if (DeviceThreads.areRunning()) {
                ProcessEnd.endAtOnce(exitCode.join());
            }
            return;
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
        // On a thread of its own, since no promise of Kafka's clients is relied upon.
        DaemonThreads.start("closing", running);
        try {
            return exitCode.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException e) {
            LOG.error("Not closed within {} ms: what is not committed is done again by whoever is next", timeoutMillis);
            return 1;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
