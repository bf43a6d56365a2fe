package io.resnetstreams.cli;

import io.resnetstreams.inference.DeviceThreads;
import io.resnetstreams.topology.Pipeline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends {@code run} at SIGTERM or Ctrl-C, whatever it is doing. Before the pipeline has started there is nothing to commit,
 * so the process ends at once. Later the pipeline is closed, within its time-out, and the command says how it went. Nobody
 * waits for the devices: what they work on is redone, and a device may hang. A second signal ends the process at once.
 *
 * <p>Threading: Java calls {@link #onSignal} on a thread of its own; the command's thread does the rest.
 */
final class Termination {
    private static final Logger LOG = LoggerFactory.getLogger(Termination.class);

    private final long timeoutMillis;
    /** Loaded before a signal comes. */
    private final CLibrary system = CLibrary.INSTANCE;

    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    /** Guarded by this, as is the following. */
    private Pipeline pipeline;

    private boolean signalled;

    private Termination(long timeoutMillis) {
        this.timeoutMillis = timeoutMillis;
    }

    /** From now on signals are heeded; closing may take so long. */
    static Termination install(long timeoutMillis) {
        Termination termination = new Termination(timeoutMillis);
        Runtime.getRuntime().addShutdownHook(new Thread(termination::onSignal, "shutdown"));
        return termination;
    }

    /** Starts the pipeline, unless a signal has come. */
    synchronized void start(Pipeline toStart) {
        if (!signalled) {
            pipeline = toStart;
            pipeline.start();
        }
    }

    /** The command has said how it went; what follows is no more than cleaning up. Only the first call counts. */
    void ended(int code) {
        exitCode.complete(code);
    }

    private void onSignal() {
        if (exitCode.isDone()) {
            // An ordinary end; or a signal while the devices are being closed, which may take them long.
            if (DeviceThreads.areRunning()) {
                Main.endAtOnce(exitCode.join());
            }
            return;
        }
        system.signal(CLibrary.SIGTERM, CLibrary.DEFAULT_ACTION);
        system.signal(CLibrary.SIGINT, CLibrary.DEFAULT_ACTION);
        Pipeline running = runningPipeline();
        Main.endAtOnce(running == null ? 0 : close(running));
    }

    private synchronized Pipeline runningPipeline() {
        signalled = true;
        return pipeline;
    }

    private int close(Pipeline running) {
        LOG.info("Stopping within {} ms; a second signal ends at once", timeoutMillis);
        // On a thread of its own, since no promise of Kafka's clients is relied upon.
        Thread closing = new Thread(running::close, "closing");
        closing.setDaemon(true);
        closing.start();
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
