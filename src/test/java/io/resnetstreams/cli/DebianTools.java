package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Runs programs other than Java for tests. */
final class DebianTools {
    private DebianTools() {}

    /** A program's combined output and exit code. */
    record Answer(int exitCode, String text) {}

    /** Skips the test if a program is not installed. */
    static void require(String program, String hint) {
        boolean found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        requireThat(found, program + " is not installed (" + hint + ")");
    }

    /** Skips the test unless a requirement is met, and prints the reason. */
    static void requireThat(boolean present, String otherwise) {
        if (!present) {
            String reason = "skipped: " + otherwise;
            System.out.println(reason);
            Assumptions.abort(reason);
        }
    }

    /** Runs a program in a directory until it exits, with a text as its input. */
    static Answer run(Path directory, String input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().write(input.getBytes(UTF_8));
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException(String.join(" ", command) + " did not exit within 60 s: " + text);
            }
            return new Answer(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
