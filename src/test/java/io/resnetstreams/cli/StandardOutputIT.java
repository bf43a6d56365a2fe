package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Output that can't be written is an error; a reader that closes the pipe is not. */
class StandardOutputIT {
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path folder;

    private record Ended(int exitCode, String err) {}

    private Ended run(List<String> command, ProcessBuilder.Redirect output) throws IOException, InterruptedException {
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output)
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(err, UTF_8));
    }

    private static List<String> command(String words) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(ProductArchive.options());
        command.addAll(List.of("-jar", "target/resnet-streams.jar"));
        command.addAll(List.of(words.split(" ")));
        return command;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "topology",
                "topology --json",
                "completion",
                "model list",
                "model list --json",
                "dlq replay --help",
                "classify models/resnet20-fashion-mnist/samples/test-00000.png --json"
            })
    void aFullDeviceIsReported(String words) throws Exception {
        assumeTrue(Files.exists(FULL));
        Ended ended = run(command(words), ProcessBuilder.Redirect.to(FULL.toFile()));
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
        assertThat(ended.err().lines().filter(line -> line.contains("standard output")))
                .containsExactly("cannot write to standard output: No space left on device");
        assertThat(ended.err()).doesNotContain("\tat ");
    }

    @Test
    void aMistakeKeepsItsExitCode() throws Exception {
        assumeTrue(Files.exists(FULL));
        Ended ended = run(command("topology --format pdf"), ProcessBuilder.Redirect.to(FULL.toFile()));
        assertThat(ended.exitCode()).isEqualTo(2);
    }

    @Test
    void aClosedPipeIsQuiet() throws Exception {
        assumeTrue(Files.exists(Path.of("/bin/bash")));
        String line = String.join(" ", command("completion")) + " | true; exit ${PIPESTATUS[0]}";
        Ended ended = run(List.of("/bin/bash", "-c", line), ProcessBuilder.Redirect.DISCARD);
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.err()).isEmpty();
    }
}
