package io.resnetstreams.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the resident memory of a process from Linux's {@code /proc/PID/status}. */
public final class ResidentMemory {
    private static final Pattern RESIDENT = Pattern.compile("^VmRSS:\\s+(\\d+) kB$", Pattern.MULTILINE);

    private ResidentMemory() {}

    /** Returns whether this system has the file. */
    public static boolean isKnown() {
        return Files.isReadable(status("self"));
    }

    /**
     * Returns the current resident memory in bytes.
     *
     * @throws IOException if the process does not exist
     */
    public static long bytes(long pid) throws IOException {
        return parse(Files.readString(status(Long.toString(pid))));
    }

    private static Path status(String process) {
        return Path.of("/proc", process, "status");
    }

    /** Parses the file. A zombie process has no resident memory. */
    static long parse(String status) throws IOException {
        Matcher matcher = RESIDENT.matcher(status);
        if (!matcher.find()) {
            throw new IOException("the status of the process has no line 'VmRSS: N kB'");
        }
        return Long.parseLong(matcher.group(1)) * 1_024;
    }
}
