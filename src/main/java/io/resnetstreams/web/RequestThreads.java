package io.resnetstreams.web;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.common.RepeatingTask;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that read requests and answer them. A request has limited time, its headers, its body and its answer together;
 * and where all threads are taken, the request that has taken longest makes way for the next one. So clients that send half a
 * request, or don't read the answer, take nothing from others, however many they are: health is answered in any case.
 *
 * <p>Threading: thread-safe.
 */
final class RequestThreads implements Executor, AutoCloseable {
    static final int MOST = 64;
    static final Duration LONGEST_REQUEST = Duration.ofSeconds(20);

    /** Shorter ones make way for nobody: all but a few requests take less. */
    private static final Duration SHORT_REQUEST = Duration.ofMillis(250);

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
    private static final int IDLE_SECONDS = 30;

    /** What the present thread works at; only threads of this class have any. */
    private static final ThreadLocal<ClientWork.Piece> PRESENT = new ThreadLocal<>();

    private final ClientWork work = new ClientWork(System::nanoTime);
    private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final ThreadPoolExecutor threads;
    private final RepeatingTask limits;

    RequestThreads() {
        threads = new ThreadPoolExecutor(
                MOST, MOST, IDLE_SECONDS, TimeUnit.SECONDS, waiting, DaemonThreads.numbered("web-"));
        threads.allowCoreThreadTimeOut(true);
        limits = RepeatingTask.start("web-limits", LOOK_INTERVAL, LOOK_INTERVAL, this::look);
    }

    @Override
    public void execute(Runnable request) {
        threads.execute(() -> {
            ClientWork.Piece piece = work.begin();
            PRESENT.set(piece);
            try {
                request.run();
            } finally {
                PRESENT.remove();
                piece.over();
            }
        });
        makeWay();
    }

    private void look() {
        work.endOlderThan(LONGEST_REQUEST);
        makeWay();
    }

    private void makeWay() {
        for (int left = waiting.size(); left > 0; left--) {
            work.endOldest(SHORT_REQUEST);
        }
    }

    /** The present request is one for health. */
    static void requestIsUrgent() {
        ClientWork.Piece piece = PRESENT.get();
        if (piece != null) {
            piece.urgent();
        }
    }

    /** The client of the present request is done with: what its thread does now, it does on its own, and may take its time. */
    static void requestIsRead() {
        ClientWork.Piece piece = PRESENT.get();
        if (piece != null) {
            piece.over();
        }
    }

    @Override
    public void close() {
        limits.close();
        threads.shutdownNow();
    }
}
