package io.resnetstreams.inference.batch;

/**
 * The threads that call into the engine. The process can't end in Java's way while one of them does: the engine's library
 * takes itself down under it, which crashes, or waits for it, for ever where it hangs.
 */
public final class DeviceThreads {
    private static final ThreadGroup ALL = new ThreadGroup("devices");

    private DeviceThreads() {}

    /** Makes a thread, not yet started, that does not keep the process alive. */
    static Thread create(String name, Runnable work) {
        Thread thread = new Thread(ALL, work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Returns whether one of them has not yet ended. */
    public static boolean areRunning() {
        return ALL.activeCount() > 0;
    }
}
