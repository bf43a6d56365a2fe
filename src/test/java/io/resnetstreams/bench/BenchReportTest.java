package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.bench.BenchReport.Run;
import io.resnetstreams.common.UserErrorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests the folder of {@code bench --report}. */
class BenchReportTest {
    @TempDir
    private Path folder;

    private BenchReport open(Path directory) {
        return BenchReport.open(
                directory, new Run("resnet-streams bench", List.of("ceiling", "latency"), 1, 1, ZonedDateTime.now()));
    }

    @Test
    void aUsableFolderIsCreatedAndLeftEmpty() {
        Path directory = folder.resolve("a").resolve("b");
        open(directory);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileInItsPlaceIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        for (Path directory : List.of(file, file.resolve("report"))) {
            assertThatExceptionOfType(UserErrorException.class)
                    .isThrownBy(() -> open(directory))
                    .withMessage("--report " + directory + ": " + file + " is a file; a directory is needed")
                    .satisfies(mistake -> assertThat(mistake.exitCode()).isEqualTo(2));
        }
    }

    /** Not even root may create a folder in {@code /proc}. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aPlaceThatIsNotWritableIsRefused() {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> open(Path.of("/proc/report")))
                .withMessageStartingWith("--report /proc/report: cannot write to this directory: ")
                .satisfies(mistake -> assertThat(mistake.exitCode()).isEqualTo(2));
    }

    @Test
    void pageAndJsonGrowWithWhatIsMeasured() throws Exception {
        BenchReport report = open(folder);
        report.add("machine", Map.of("cores", 2));
        report.add("ceiling", Map.of("byBatch", Map.of("8", 21.5)));
        assertThat(folder.resolve("index.html")).content().contains("byBatch.8", "<svg", "Not measured: latency");
        assertThat(new ObjectMapper().readTree(folder.resolve("bench.json").toFile()))
                .isEqualTo(new ObjectMapper()
                        .readTree("{\"machine\":{\"cores\":2},\"ceiling\":{\"byBatch\":{\"8\":21.5}}}"));
        report.add("latency", Map.of("seed", 1));
        assertThat(folder.resolve("index.html")).content().doesNotContain("Not measured");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void aFailureKeepsWhatWasMeasured() {
        BenchReport report = open(folder);
        report.add("machine", Map.of("cores", 2));
        report.fail(new IllegalStateException("the pipeline ended", new IllegalArgumentException("no memory")));
        assertThat(folder.resolve("index.html"))
                .content()
                .contains(
                        "cores",
                        "The run stopped early: IllegalArgumentException: no memory",
                        "Not measured: ceiling, latency");
    }

    /** A mistake in the command line must not cost the last run's report. */
    @Test
    void aRunThatMeasuredNothingWritesNothing() throws Exception {
        Files.writeString(folder.resolve("index.html"), "the last run");
        open(folder).fail(new IllegalArgumentException("scenario is 'speed'"));
        assertThat(folder.resolve("index.html")).hasContent("the last run");
    }
}
