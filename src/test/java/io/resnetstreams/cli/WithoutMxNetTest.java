package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands where MXNet has no library, as on arm64. The processes have the class path of the tests without MXNet's library. */
class WithoutMxNetTest {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final Path IMAGE = MODEL.resolve("samples/test-00000.png");

    @TempDir
    private Path folder;

    private record Result(int exitCode, String output, List<String> errors) {}

    private Result run(String processor, String... command) throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("mxnet-native"))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dos.arch=" + processor,
                // The decoder's library is that of this machine.
                "-Dorg.bytedeco.javacpp.platform=" + Loader.Detector.getPlatform(),
                "-cp",
                classPath,
                Main.class.getName()));
        words.addAll(List.of(command));
        Path output = folder.resolve("output.txt");
        Path errors = folder.resolve("errors.txt");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(output.toFile()).redirectError(errors.toFile());
        builder.environment().remove("MXNET_LIBRARY_PATH");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output, UTF_8), Files.readAllLines(errors, UTF_8));
    }

    @Test
    void onnxRuntimeClassifies() throws Exception {
        Result result = run(System.getProperty("os.arch"), "classify", IMAGE.toString(), "--model", MODEL.toString());
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.output()).contains("Ankle boot");
    }

    @Test
    void namingMxNetSaysWhatIsMissing() throws Exception {
        Result result = run(System.getProperty("os.arch"), "classify", IMAGE.toString(), "--engine", "mxnet");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors())
                .containsExactly(
                        "no engine can run the model: MXNet's library is missing: it is neither on the class path"
                                + " nor in MXNET_LIBRARY_PATH");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model train", "model experiment degradation"})
    void trainingSaysWhatItNeeds(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of(
                "--data", folder.toString(), "--out", folder.resolve("new").toString()));
        Result missing = run(System.getProperty("os.arch"), words.toArray(String[]::new));
        assertThat(missing.exitCode()).as(missing.toString()).isEqualTo(2);
        assertThat(missing.errors())
                .containsExactly(
                        "training needs MXNet: MXNet's library is missing: it is neither on the class path nor in"
                                + " MXNET_LIBRARY_PATH");
        Result unsupported = run("aarch64", words.toArray(String[]::new));
        assertThat(unsupported.exitCode()).isEqualTo(2);
        assertThat(unsupported.errors())
                .containsExactly("training needs MXNet: MXNet has no library for " + System.getProperty("os.name")
                        + " on aarch64; it has one for Linux and macOS on x86_64");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void aProcessorWithoutAnyEngineIsRefused() throws Exception {
        Result result = run("riscv64", "classify", IMAGE.toString());
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors())
                .singleElement()
                .asString()
                .contains("MXNet has no library for", "ONNX Runtime has no library for", "on riscv64");
    }
}
