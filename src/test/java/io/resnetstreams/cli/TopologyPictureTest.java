package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pictures in {@code topology/} match the output of {@code topology}. */
class TopologyPictureTest {
    @ParameterizedTest
    @CsvSource({"text,topology.txt", "mermaid,topology.mmd"})
    void theStoredPictureMatchesTheTopology(String format, String file) throws Exception {
        assertThat(printed(format)).isEqualTo(Files.readString(Path.of("topology", file)));
    }

    private static String printed(String format) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream captured = new PrintStream(bytes, true, UTF_8)) {
            System.setOut(captured);
            assertThat(Main.commandLine().execute("topology", "--format", format))
                    .isZero();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(UTF_8);
    }
}
