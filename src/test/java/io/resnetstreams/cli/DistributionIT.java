package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution archive, unpacked, with a Java that has no compiler, another working directory and an empty home. */
class DistributionIT {
    private static final long MOST_BYTES = 350L << 20;

    @TempDir
    private static Path folder;

    private static InstalledDistribution distribution;

    /** What a process printed, and its exit code. */
    private record Result(int exitCode, String output, String errors) {}

    @BeforeAll
    static void unpack() throws IOException, InterruptedException {
        distribution = InstalledDistribution.get();
    }

    private static Result run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Files.createDirectories(folder.resolve("elsewhere")).toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        if (!environment.isEmpty()) {
            builder.environment().clear();
            builder.environment().putAll(environment);
        }
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private static Result installed(String... arguments) throws IOException, InterruptedException {
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("JAVA_HOME", distribution.java().toString());
        environment.put("HOME", Files.createDirectories(folder.resolve("home")).toString());
        return run(environment, distribution.command(arguments));
    }

    private static void assertSucceeds(Result result) {
        assertThat(result.exitCode()).as(result.output() + result.errors()).isZero();
    }

    @Test
    void theDemoRunsAndLosesNothing() throws Exception {
        Result result = installed("demo", "--json");
        assertSucceeds(result);
        JsonNode summary = new ObjectMapper().readTree(result.output());
        assertThat(summary.get("labels").asInt()).isEqualTo(1_000);
        assertThat(summary.get("lost").asInt()).isZero();
        assertThat(folder.resolve("home/.cache/resnet-streams")).isNotEmptyDirectory();
    }

    @Test
    void theVersionTellsTheCommit() throws Exception {
        Result result = installed("--version");
        assertSucceeds(result);
        assertThat(result.output()).doesNotContain("${").contains("Device: cpu");
    }

    @Test
    void aCacheThatCanNotBeWrittenIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("a-file"), "");
        Result result = run(
                Map.of("PATH", "/usr/bin:/bin", "RESNET_STREAMS_CACHE", file.toString()),
                distribution.command("--version"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).contains("RESNET_STREAMS_CACHE is '" + file + "'");
    }

    @Test
    void anEngineThatCanNotBeLoadedIsNamed() throws Exception {
        Path library = Files.writeString(folder.resolve("libmxnet.so"), "no library");
        String sample = distribution
                .home()
                .resolve("models/resnet20-fashion-mnist/samples/test-00000.png")
                .toString();
        Map<String, String> environment = Map.of(
                "PATH", "/usr/bin:/bin",
                "JAVA_HOME", distribution.java().toString(),
                "HOME", folder.toString(),
                "MXNET_LIBRARY_PATH", folder.toString());
        Result result = run(environment, distribution.command("classify", sample));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errors())
                .contains("MXNet's library can't be loaded", library.toString())
                .doesNotContain("\tat ");
    }

    @Test
    void manPagesCompletionAndLicencesAreThere() throws Exception {
        assertThat(distribution.home().resolve("share/man/man1/resnet-streams-run.1"))
                .content(UTF_8)
                .contains(".TH \"RESNET\\-STREAMS\\-RUN\" \"1\"", "\\-\\-bootstrap");
        assertThat(distribution.home().resolve("THIRD-PARTY.txt"))
                .content(UTF_8)
                .contains("kafka-streams", "ai.djl:api");
        String completion = distribution
                .home()
                .resolve("share/bash-completion/completions/resnet-streams")
                .toString();
        assertSucceeds(run(Map.of(), List.of("bash", "-n", completion)));
    }

    @Test
    void theArchiveIsSmallEnough() throws IOException {
        assertThat(Files.size(distribution.archive())).isLessThan(MOST_BYTES);
    }

    @Test
    void systemdTakesTheUnit() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/systemd-analyze")), "skipped: systemd-analyze is not installed");
        Path unit = distribution.home().resolve("share/systemd/resnet-streams.service");
        Path here = folder.resolve("resnet-streams.service");
        Files.writeString(here, Files.readString(unit).replace("/opt/resnet-streams/", distribution.home() + "/"));
        Result result = run(Map.of(), List.of("systemd-analyze", "verify", here.toString()));
        assertSucceeds(result);
        assertThat(result.errors()).isEmpty();
    }
}
