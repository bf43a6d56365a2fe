package io.resnetstreams.inference.batch;

import io.resnetstreams.common.DaemonThreads;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads that call into the engine. The process can't exit normally while one of them is in a call: when the engine's
 * library unloads, it crashes, or waits for the call, which may hang.
 */
public final class DeviceThreads {
    /** Not a thread group, which threads that a library starts from one of them would belong to. */
    private static final Set<Thread> ALL = ConcurrentHashMap.newKeySet();

    private DeviceThreads() {}

    /** Creates a daemon thread that is not started yet. */
    public static Thread create(String name, Runnable work) {
        ALL.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
        Thread thread = DaemonThreads.create(name, work);
        ALL.add(thread);
        return thread;
    }

    /** Returns those that are running. */
    public static List<Thread> running() {
        return ALL.stream().filter(Thread::isAlive).toList();
    }

    /** Returns whether any of them is still running. */
    public static boolean areRunning() {
        return !running().isEmpty();
    }
}
