package io.resnetstreams.service;

import io.resnetstreams.inference.batch.DeviceThreads;
import io.resnetstreams.model.onnx.OnnxSession;

/** The three ways to end the process. Each flushes standard output first. Thread-safe. */
public final class ProcessEnd {
    private ProcessEnd() {}

    /**
     * Ends the process with an exit code, or with 1 if standard output failed. Java's shutdown hooks run, except while an
     * engine works, since its library may crash or hang in its own shutdown.
     */
    public static void end(int exitCode) {
        if (DeviceThreads.areRunning() || OnnxSession.anyIsOpen()) {
            endAtOnce(exitCode);
        }
        System.exit(StandardOutput.checked(exitCode));
    }

    /** Ends the process without the shutdown hooks of Java and native libraries. Does not return. */
    static void endAtOnce(int exitCode) {
        CLibrary.INSTANCE._exit(StandardOutput.checked(exitCode));
    }

    /** Ends the process from a shutdown hook with this exit code; otherwise Java exits with 143 after SIGTERM. */
    public static void endAfterSignal(int exitCode) {
        Runtime.getRuntime().halt(StandardOutput.checked(exitCode));
    }
}
