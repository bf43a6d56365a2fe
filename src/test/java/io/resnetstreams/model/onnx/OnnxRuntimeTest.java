package io.resnetstreams.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxRuntimeTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x64",
        "Linux, x86_64, linux-x64",
        "Linux, aarch64, linux-aarch64",
        "Mac OS X, aarch64, osx-aarch64"
    })
    void thereIsALibrary(String system, String processor, String platform) {
        assertThat(OnnxRuntime.platform(system, processor)).isEqualTo(platform);
        assertThat(OrtEnvironment.class.getResource("/ai/onnxruntime/native/" + platform))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"Mac OS X, x86_64", "Linux, riscv64", "Windows 11, amd64", "SunOS, sparc"})
    void anotherMachineIsRefusedByName(String system, String processor) {
        assertThatIllegalStateException()
                .isThrownBy(() -> OnnxRuntime.platform(system, processor))
                .withMessage("ONNX Runtime has no library for " + system + " on " + processor
                        + "; it has one for Linux on x86_64 and arm64, and for macOS on arm64");
    }

    /** Version 1.29.0 sends telemetry unless a variable is set. */
    @ParameterizedTest
    @ValueSource(strings = {"linux-x64", "linux-aarch64"})
    void theLibraryHasNoAddressForTelemetry(String platform) throws IOException {
        String library = "/ai/onnxruntime/native/" + platform + "/libonnxruntime.so";
        try (InputStream in = OrtEnvironment.class.getResourceAsStream(library)) {
            String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(text.contains("CPUExecutionProvider")).isTrue();
            for (String address : List.of("events.data.microsoft.com", "OneCollector", "vortex.data")) {
                assertThat(text.contains(address)).as(address).isFalse();
            }
        }
    }

    @Test
    void theLibraryIsUnpackedOnce() throws IOException {
        OnnxRuntime.engine();
        Path folder = Path.of(System.getProperty("onnxruntime.native.path"));
        assertThat(folder.getFileName().toString())
                .startsWith(OrtEnvironment.getEnvironment().getVersion() + "-");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2).allSatisfy(file -> assertThat(file).isNotEmptyFile());
        }
        try (Stream<Path> others = Files.list(folder.getParent())) {
            assertThat(others.map(other -> other.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("unpacking"));
        }
    }
}
