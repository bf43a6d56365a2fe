package io.resnetstreams.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much physical memory a process holds, as Linux tells it in {@code /proc/PID/status}. */
public final class ResidentMemory {
    private static final Pattern RESIDENT = Pattern.compile("^VmRSS:\\s+(\\d+) kB$", Pattern.MULTILINE);

    private ResidentMemory() {}

    /** Returns whether this system tells it. */
    public static boolean isKnown() {
        return Files.isReadable(status("self"));
    }

    /**
     * Returns the bytes that a process holds now.
     *
     * @throws IOException if there is no such process any more
     */
    public static long bytes(long pid) throws IOException {
        return parse(Files.readString(status(Long.toString(pid))));
    }

    private static Path status(String process) {
        return Path.of("/proc", process, "status");
    }

    /** Reads the bytes from the file's text; a process that has ended and was not yet waited for has none. */
    static long parse(String status) throws IOException {
        Matcher matcher = RESIDENT.matcher(status);
        if (!matcher.find()) {
            throw new IOException("there is no line 'VmRSS: N kB' in the process's status");
        }
        return Long.parseLong(matcher.group(1)) * 1_024;
    }
}
