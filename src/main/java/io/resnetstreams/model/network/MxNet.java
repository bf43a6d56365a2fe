package io.resnetstreams.model.network;

import ai.djl.engine.Engine;
import io.resnetstreams.common.UnsupportedMachineException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** DJL's engine that the networks run on, and where its native library exists. */
public final class MxNet {
    private static final String ENGINE = "MXNet";

    private static final Set<String> X86_64 = Set.of("x86_64", "amd64");

    private MxNet() {}

    /**
     * Returns the engine's name in DJL. Where there is no library for this machine, DJL itself would look for one on the
     * internet and fail with an error of the linker.
     *
     * @throws UnsupportedMachineException if there is none
     */
    public static String engine() {
        requireLibrary();
        try {
            Engine.getEngine(ENGINE);
        } catch (LinkageError e) {
            // Not as its cause: that would be told instead.
            IllegalStateException told = new IllegalStateException("MXNet's library can't be loaded: " + reason(e));
            told.addSuppressed(e);
            throw told;
        }
        return ENGINE;
    }

    /**
     * Looks whether there is a library for this machine, without loading it.
     *
     * @throws UnsupportedMachineException if there is none
     */
    public static void requireLibrary() {
        requireLibrary(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** Returns what the linker said: the library built for CUDA, for example, needs the driver's. */
    private static String reason(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        // JNA's first line names the library, the second says what is wrong.
        return String.valueOf(first.getMessage()).lines().limit(2).collect(Collectors.joining(" "));
    }

    static void requireLibrary(String system, String processor) {
        String name = system.toLowerCase(Locale.ROOT);
        boolean mac = name.startsWith("mac");
        if (!(mac || name.startsWith("linux")) || !X86_64.contains(processor)) {
            throw new UnsupportedMachineException("MXNet has no library for " + system + " on " + processor
                    + "; networks run on Linux and macOS on x86_64"
                    + (mac ? " (on Apple silicon with an x86_64 JDK, under Rosetta 2)" : ""));
        }
    }
}
