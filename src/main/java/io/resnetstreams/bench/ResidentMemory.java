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
    static boolean isKnown() {
        return Files.isReadable(Path.of("/proc/self/status"));
    }

    /** Returns the current resident memory in bytes; throws if the process does not exist. */
    public static long bytes(long pid) throws IOException {
        return parse(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
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
