package io.resnetstreams.model;

import java.util.Locale;
import java.util.Set;

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
        requireLibrary(System.getProperty("os.name"), System.getProperty("os.arch"));
        return ENGINE;
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
