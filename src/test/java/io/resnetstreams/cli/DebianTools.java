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

/** Programs beside Java that tests run. */
final class DebianTools {
    private DebianTools() {}

    /** What a program said, output and errors together, and its exit code. */
    record Answer(int exitCode, String text) {}

    /** Skips the test, with a reason, where a program is not installed. */
    static void require(String program, String hint) {
        boolean found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        requireThat(found, program + " is not installed (" + hint + ")");
    }

    /** Skips the test, with a reason, unless something is there. */
    static void requireThat(boolean present, String otherwise) {
        if (!present) {
            String reason = "skipped: " + otherwise;
            System.out.println(reason);
            Assumptions.abort(reason);
        }
    }

    /** Runs a program to its end in a directory, with a text as its input. */
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
                throw new IllegalStateException(String.join(" ", command) + " does not end: " + text);
            }
            return new Answer(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
