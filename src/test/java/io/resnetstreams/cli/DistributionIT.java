package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The unpacked distribution archive, with a Java runtime without compiler, another working directory and an empty home.
 */
class DistributionIT {
    private static final long MOST_BYTES = 350L << 20;

    @TempDir
    private static Path folder;

    private static InstalledDistribution distribution;

    /** A process's output and exit code. */
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
                    .as("%s exits", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private static Map<String, String> environment(String javaOptions) throws IOException {
        Map<String, String> environment = new TreeMap<>();
        environment.put("JAVA_OPTS", javaOptions);
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("JAVA_HOME", distribution.java().toString());
        environment.put("HOME", Files.createDirectories(folder.resolve("home")).toString());
        return environment;
    }

    private static Result installed(String... arguments) throws IOException, InterruptedException {
        return run(environment(""), distribution.command(arguments));
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
    void theVersionIsPrinted() throws Exception {
        Result result = installed("--version");
        assertSucceeds(result);
        assertThat(result.output()).doesNotContain("${").contains("Device: MXNet: cpu; ONNX Runtime: cpu");
    }

    @Test
    void anUnwritableCacheIsReported() throws Exception {
        Path file = Files.writeString(folder.resolve("a-file"), "");
        Result result = run(
                Map.of("PATH", "/usr/bin:/bin", "RESNET_STREAMS_CACHE", file.toString()),
                distribution.command("--version"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).contains("RESNET_STREAMS_CACHE is '" + file + "'");
    }

    @Test
    void anEngineThatCannotBeLoadedIsReported() throws Exception {
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
        Result named = run(environment, distribution.command("classify", "--engine", "mxnet", sample));
        assertThat(named.exitCode()).isEqualTo(2);
        assertThat(named.errors())
                .contains("MXNet's library can't be loaded", library.toString())
                .doesNotContain("\tat ");
        Result other = run(environment, distribution.command("classify", sample));
        assertSucceeds(other);
        assertThat(other.output()).contains("Ankle boot");
        assertThat(other.errors())
                .contains("MXNet's library can't be loaded", library.toString())
                .doesNotContain("\tat ");
    }

    @Test
    void manPagesLicencesAndGuideAreThere() throws Exception {
        assertThat(distribution.home().resolve("share/man/man1/resnet-streams-run.1"))
                .content(UTF_8)
                .contains(".TH \"RESNET\\-STREAMS\\-RUN\" \"1\"", "\\-\\-bootstrap");
        assertThat(distribution.home().resolve("THIRD-PARTY.txt"))
                .content(UTF_8)
                .contains("kafka-streams", "ai.djl:api");
        assertThat(distribution.home().resolve("docs/upgrading.md")).exists();
    }

    @Test
    void bashCompletes() throws Exception {
        Path completion = distribution.home().resolve("share/bash-completion/completions/resnet-streams");
        Result result = run(
                Map.of(),
                List.of(
                        "bash",
                        "-c",
                        "source " + completion + "; COMP_WORDS=(resnet-streams back); COMP_CWORD=1;"
                                + " _complete_resnet-streams; echo \"${COMPREPLY[@]}\""));
        assertSucceeds(result);
        assertThat(result.output().strip()).isEqualTo("backfill");
    }

    @Test
    void zshCompletes() throws Exception {
        DebianTools.require("zsh", "Debian's package zsh");
        Path script = Path.of("src/test/release/zsh-completion.zsh").toAbsolutePath();
        Path functions = distribution.home().resolve("share/zsh/site-functions");
        String completed = "resnet-streams backfill";
        Result result = run(
                Map.of(),
                List.of(
                        "timeout",
                        "120",
                        "zsh",
                        "-f",
                        script.toString(),
                        functions.toString(),
                        "resnet-streams back",
                        completed));
        assertSucceeds(result);
        assertThat(result.output()).contains(completed);
    }

    @Test
    void theBillOfMaterialsIsThere() throws Exception {
        Path bill = distribution.home().resolve("resnet-streams-sbom.json");
        DebianTools.requireThat(Files.exists(bill), "no bill of materials; an offline build (-o) does not create one");
        JsonNode components = new ObjectMapper().readTree(bill.toFile()).get("components");
        assertThat(components.findValuesAsText("name"))
                .contains("kafka-streams", "mxnet-engine", "mxnet-native-mkl", "leptonica");
    }

    /** Not {@code run}, which needs JNA first: its library would be that for the other processor. */
    @ParameterizedTest
    @ValueSource(strings = {"classify IMAGE", "demo"})
    void anUnsupportedProcessorIsReported(String words) throws Exception {
        Path image = distribution.home().resolve("models/resnet20-fashion-mnist/samples/test-00000.png");
        List<String> command = new ArrayList<>(
                List.of(distribution.home().resolve("bin/resnet-streams").toString()));
        command.addAll(List.of(words.replace("IMAGE", image.toString()).split(" ")));
        Result result = run(
                environment("-Dos.arch=riscv64 -Dorg.bytedeco.javacpp.platform=" + Loader.Detector.getPlatform()),
                command);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors().lines().toList())
                .containsExactly("no engine can run the model: MXNet has no library for "
                        + System.getProperty("os.name")
                        + " on riscv64; it has one for Linux and macOS on x86_64; ONNX Runtime has no library for "
                        + System.getProperty("os.name")
                        + " on riscv64; it has one for Linux on x86_64 and arm64, and for macOS on arm64");
    }

    @Test
    void theArchiveIsSmallEnough() throws IOException {
        assertThat(Files.size(distribution.archive())).isLessThan(MOST_BYTES);
    }

    @Test
    void systemdAcceptsTheUnit() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/systemd-analyze")), "skipped: systemd-analyze is not installed");
        Path unit = distribution.home().resolve("share/systemd/resnet-streams.service");
        Path here = folder.resolve("resnet-streams.service");
        Files.writeString(here, Files.readString(unit).replace("/opt/resnet-streams/", distribution.home() + "/"));
        Result result = run(Map.of(), List.of("systemd-analyze", "verify", here.toString()));
        assertSucceeds(result);
        assertThat(result.errors()).isEmpty();
    }
}
