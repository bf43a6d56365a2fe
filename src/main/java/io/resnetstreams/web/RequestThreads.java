package io.resnetstreams.web;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.common.RepeatingTask;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that read requests and send responses. The time of a request is limited, including its headers, body and
 * response. If all threads are busy, the longest-running request is stopped in favour of the next one. So clients that send
 * incomplete requests or don't read responses can't block others, however many they are, and health checks are always
 * answered. Thread-safe.
 */
final class RequestThreads implements Executor, AutoCloseable {
    static final int MOST = 64;
    static final Duration LONGEST_REQUEST = Duration.ofSeconds(20);

    /** A shorter request is never stopped; nearly all requests are shorter. */
    private static final Duration SHORT_REQUEST = Duration.ofMillis(250);

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
    private static final int IDLE_SECONDS = 30;

    /** The work of the current thread; only set for threads of this class. */
    private static final ThreadLocal<ClientWork.Piece> CURRENT = new ThreadLocal<>();

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
            CURRENT.set(piece);
            try {
                request.run();
            } finally {
                CURRENT.remove();
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

    /** Marks the current request as a health check. */
    static void requestIsUrgent() {
        Optional.ofNullable(CURRENT.get()).ifPresent(ClientWork.Piece::urgent);
    }

    /** Ends the time limit of the current request: from now on its thread does not wait for the client. */
    static void requestIsRead() {
        Optional.ofNullable(CURRENT.get()).ifPresent(ClientWork.Piece::over);
    }

    @Override
    public void close() {
        limits.close();
        threads.shutdownNow();
    }
}
