package io.resnetstreams.inference;

import io.resnetstreams.common.DaemonThreads;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Threads that run tasks in the order in which they were queued. Unlike an {@link java.util.concurrent.ExecutorService}, it can
 * queue tasks without waking a thread: a small image takes less time than that, and the thread that queues it would pay.
 *
 * <p>Threading: any thread may queue and start tasks. A task must not throw.
 */
public final class DecodePool implements Executor, AutoCloseable {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** The number of tasks that are queued and not started. */
    private final AtomicInteger queued = new AtomicInteger();
    /** The number of tasks that may run. */
    private final Semaphore started = new Semaphore(0);

    private final Thread[] threads;
    private volatile boolean closed;

    /** Starts the threads, whose names are this prefix and a number. */
    public DecodePool(String prefix, int count) {
        ThreadFactory factory = DaemonThreads.numbered(prefix);
        threads = IntStream.range(0, count)
                .mapToObj(number -> factory.newThread(this::work))
                .toArray(Thread[]::new);
        for (Thread thread : threads) {
            thread.start();
        }
    }

    private void work() {
        try {
            while (!closed) {
                started.acquire();
                Runnable task = tasks.poll();
                if (task != null) {
                    task.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Queues a task, which runs after the next call of {@link #startQueued}.
     *
     * @throws RejectedExecutionException if the pool is closed
     */
    public void queue(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("the pool is closed");
        }
        tasks.add(task);
        queued.incrementAndGet();
    }

    /** Starts all tasks that are queued. */
    public void startQueued() {
        if (queued.get() > 0) {
            started.release(queued.getAndSet(0));
        }
    }

    /** Queues a task and starts it. */
    @Override
    public void execute(Runnable task) {
        queue(task);
        startQueued();
    }

    /** Interrupts the threads; tasks that have not begun never run. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            thread.interrupt();
        }
        tasks.clear();
    }
}
