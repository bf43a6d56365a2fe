package io.resnetstreams.service;

import io.resnetstreams.inference.batch.DeviceThreads;

/** The three ways to end the process; each writes what standard output still holds first. Safe from any thread. */
public final class ProcessEnd {
    private ProcessEnd() {}

    /**
     * Ends the process with an exit code, or with 1 if standard output failed: through Java's shutdown hooks, or at once while
     * a device works, since the engine's library may crash or hang in its own shutdown.
     */
    public static void end(int exitCode) {
        if (DeviceThreads.areRunning()) {
            endAtOnce(exitCode);
        }
        System.exit(StandardOutput.checked(exitCode));
    }

    /** Ends the process without any shutdown hook, Java's or a native library's. Does not return. */
    static void endAtOnce(int exitCode) {
        int checked = StandardOutput.checked(exitCode);
        System.err.flush();
        CLibrary.INSTANCE._exit(checked);
    }

    /**
     * Ends the process from a shutdown hook with the exit code of a command that succeeded; Java itself would end it with 143
     * after SIGTERM.
     */
    public static void endAfterSignal(int exitCode) {
        int checked = StandardOutput.checked(exitCode);
        System.err.flush();
        Runtime.getRuntime().halt(checked);
    }
}
