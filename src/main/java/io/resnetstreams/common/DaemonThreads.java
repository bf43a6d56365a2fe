package io.resnetstreams.common;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Creates daemon threads, which do not keep the process alive. Java prints exceptions that they do not catch. */
public final class DaemonThreads {
    private DaemonThreads() {}

    /** Creates a thread that is not started yet. */
    public static Thread create(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Creates and starts a thread. */
    public static void start(String name, Runnable work) {
        create(name, work).start();
    }

    /** Returns a factory of threads that all have the same name. */
    public static ThreadFactory named(String name) {
        return work -> create(name, work);
    }

    /** Returns a factory of threads whose names are the prefix and a number, from 0. */
    public static ThreadFactory numbered(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return work -> create(prefix + number.getAndIncrement(), work);
    }
}
