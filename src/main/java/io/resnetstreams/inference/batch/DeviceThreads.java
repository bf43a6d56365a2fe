package io.resnetstreams.inference.batch;

import io.resnetstreams.common.DaemonThreads;

/**
 * The threads that call into the engine. The process can't exit normally while one of them is in a call: when the engine's
 * library unloads, it crashes, or waits for the call, which may hang.
 */
public final class DeviceThreads {
    private static final ThreadGroup ALL = new ThreadGroup("devices");

    private DeviceThreads() {}

    /** Creates a daemon thread that is not started yet. */
    static Thread create(String name, Runnable work) {
        return DaemonThreads.create(ALL, name, work);
    }

    /** Returns whether any of them is still running. */
    public static boolean areRunning() {
        return ALL.activeCount() > 0;
    }
}
