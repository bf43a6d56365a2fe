package io.resnetstreams.model.network;

import ai.djl.engine.Engine;
import ai.djl.util.Platform;
import io.resnetstreams.common.UnsupportedMachineException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The DJL engine that runs the networks, and the machines that it has a native library for. */
public final class MxNet {
    private static final String ENGINE = "MXNet";
    private static final String LIBRARY_FOLDER = "MXNET_LIBRARY_PATH";
    private static final String LIBRARY_LIST = "/native/lib/mxnet.properties"; // in each jar with a library
    private static final Set<String> X86_64 = Set.of("x86_64", "amd64");

    private MxNet() {}

    /**
     * Returns the engine's name in DJL. Without this check DJL would try to download a library that does not exist, and fail
     * with a linker error.
     *
     * @throws UnsupportedMachineException if there is no library for this machine
     */
    public static String engine() {
        requireLibrary();
        try {
            Engine.getEngine(ENGINE);
        } catch (LinkageError e) {
            // Suppressed rather than the cause, because the message of the deepest cause is shown to the user.
            IllegalStateException failure = new IllegalStateException("MXNet's library can't be loaded: " + reason(e));
            failure.addSuppressed(e);
            throw failure;
        }
        return ENGINE;
    }

    /** @throws UnsupportedMachineException if there is no library for this machine; it is not loaded */
    public static void requireLibrary() {
        requireLibrary(System.getProperty("os.name"), System.getProperty("os.arch"));
        // Otherwise DJL would download it.
        if (System.getenv(LIBRARY_FOLDER) == null && MxNet.class.getResource(LIBRARY_LIST) == null) {
            throw new UnsupportedMachineException(
                    "MXNet's library is missing: it is neither on the class path nor in " + LIBRARY_FOLDER);
        }
    }

    /** Returns whether there is a library for this machine; it is not loaded. */
    public static boolean hasLibrary() {
        try {
            requireLibrary();
            return true;
        } catch (UnsupportedMachineException e) {
            return false;
        }
    }

    /** Returns whether the library may have been built with CUDA: that of the class path says so, another one may. */
    public static boolean mayHaveCuda() {
        String folder = System.getenv(LIBRARY_FOLDER);
        return folder != null && !folder.isEmpty()
                || Platform.detectPlatform("mxnet").getFlavor().startsWith("cu");
    }

    /** Returns the linker's message, such as that the library for CUDA needs the driver's. */
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
                    + "; it has one for Linux and macOS on x86_64"
                    + (mac ? " (on Apple silicon with an x86_64 JDK, under Rosetta 2)" : ""));
        }
    }
}
