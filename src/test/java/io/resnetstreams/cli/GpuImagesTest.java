package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the downloads of the images for GPUs, with files of this machine, and checks that none is used unverified. */
class GpuImagesTest {
    private static final Path ONNX_RUNTIME = Path.of("Dockerfile.gpu");
    private static final Path MXNET = Path.of("Dockerfile.gpu-mxnet");
    private static final Pattern ARGUMENT = Pattern.compile("ARG (\\w+)=(\\S*)");

    @TempDir
    private Path root;

    @BeforeEach
    void createFiles() throws IOException {
        Files.createDirectories(root.resolve("opt/mxnet"));
        Path files = Files.createDirectories(root.resolve("server/linux/cu112mkl"));
        Files.writeString(root.resolve("server/files.txt"), "linux/cpu/a.gz\nlinux/cu112mkl/libmxnet.so.gz\n");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(files.resolve("libmxnet.so.gz")))) {
            out.write("library".getBytes(StandardCharsets.UTF_8));
        }
    }

    private record Result(int exitCode, String errors) {}

    /** Runs the instruction that contains a text, with the temporary folder in place of the root. */
    private Result run(Path dockerfile, String text, String... arguments) throws Exception {
        StringBuilder script = new StringBuilder();
        Matcher argument = ARGUMENT.matcher(Files.readString(dockerfile));
        while (argument.find()) {
            script.append("%s='%s'%n".formatted(argument.group(1), argument.group(2)));
        }
        for (String given : arguments) {
            script.append(given).append('\n');
        }
        script.append("cd ").append(root.resolve("opt/mxnet")).append('\n');
        script.append(instruction(dockerfile, text).replaceAll("(?<=[ <>\"'])/(?=[a-zA-Z])", root + "/"));
        Process process = new ProcessBuilder("bash", "-o", "pipefail", "-euc", script.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), errors);
    }

    private static String instruction(Path dockerfile, String text) throws IOException {
        String joined = Files.readString(dockerfile).replaceAll("\\\\\\n", " ");
        return joined.lines()
                .filter(line -> line.startsWith("RUN ") && line.contains(text))
                .findFirst()
                .orElseThrow()
                .substring(4);
    }

    private String server() {
        return "file://" + root.resolve("server");
    }

    @Test
    void mxNetIsNotUsedWithoutAChecksum() throws Exception {
        Result refused = run(MXNET, "libmxnet", "MXNET=" + server());
        assertThat(refused.exitCode()).as(refused.errors()).isEqualTo(1);
        assertThat(refused.errors()).contains("MXNET_SHA256 is ''; the files from " + server() + " have ");
        Matcher advice =
                Pattern.compile("--build-arg (MXNET_SHA256=[0-9a-f]{64})\\n").matcher(refused.errors());
        assertThat(advice.find()).as(refused.errors()).isTrue();

        Result accepted = run(MXNET, "libmxnet", "MXNET=" + server(), advice.group(1));
        assertThat(accepted.exitCode()).as(accepted.errors()).isZero();
        assertThat(root.resolve("opt/mxnet/libmxnet.so")).hasContent("library");

        assertThat(run(MXNET, "libmxnet", "MXNET=" + server(), "MXNET_SHA256=" + "0".repeat(64))
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    void anotherOnnxRuntimeIsNotUsed() throws Exception {
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        String name = "onnxruntime_gpu/" + version + "/onnxruntime_gpu-" + version + ".jar";
        Path jar = root.resolve("server/com/microsoft/onnxruntime/" + name);
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "another");
        Result refused = run(ONNX_RUNTIME, "onnxruntime.jar", "MAVEN_CENTRAL=" + server());
        assertThat(refused.exitCode()).isEqualTo(1);
        // It has found the file, so the version is that of the classes.
        assertThat(refused.errors()).contains("1 computed checksum did NOT match");
        assertThat(root.resolve("opt/onnxruntime")).doesNotExist();
    }

    @Test
    void cudasLibrariesAreThoseOfTheFileWithChecksums() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("deploy", "cuda-requirements.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(lines)
                .allMatch(line -> line.matches("nvidia-[a-z-]+-cu12==[0-9.]+ --hash=sha256:[0-9a-f]{64}"))
                .anyMatch(line -> line.startsWith("nvidia-cuda-runtime-cu12==12."))
                .anyMatch(line -> line.startsWith("nvidia-cudnn-cu12==9."));
        assertThat(Files.readString(ONNX_RUNTIME)).contains("COPY deploy/cuda-requirements.txt /\n");
        assertThat(instruction(ONNX_RUNTIME, "pip3"))
                .contains("--require-hashes")
                .contains(" -r /cuda-requirements.txt");
    }
}
