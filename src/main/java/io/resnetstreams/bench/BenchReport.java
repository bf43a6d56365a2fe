package io.resnetstreams.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The output of {@code bench --report}: {@code index.html} and {@code bench.json}. Both are rewritten after each scenario, so
 * that the figures are kept if a later scenario fails.
 */
public final class BenchReport {
    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    private final Path directory;
    private final Run run;
    private final Map<String, Map<String, Object>> results = new LinkedHashMap<>();

    /** A run of {@code bench}, with the requested scenarios and its start time. */
    public record Run(String commandLine, List<String> scenarios, int rounds, int seconds, ZonedDateTime began) {}

    private BenchReport(Path directory, Run run) {
        this.directory = directory;
        this.run = run;
    }

    /** Creates the directory; throws {@link UserErrorException} if it is not writable. */
    public static BenchReport open(Path directory, Run run) {
        for (Path above = directory.toAbsolutePath(); above != null; above = above.getParent()) {
            if (Files.exists(above) && !Files.isDirectory(above)) {
                throw UserErrorException.usage(
                        "--report " + directory + ": " + above + " is a file; a directory is needed");
            }
        }
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, "report", ".part"));
        } catch (IOException e) {
            throw UserErrorException.usage(
                    "--report " + directory + ": cannot write to this directory: " + Failures.describe(e), e);
        }
        return new BenchReport(directory, run);
    }

    /** Adds the figures of a scenario. */
    public void add(String name, Map<String, Object> figures) {
        results.put(name, figures);
        try {
            write(null);
        } catch (IOException e) {
            throw UserErrorException.shortfall(
                    "cannot write the report in " + directory + ": " + Failures.describe(e), e);
        }
    }

    /** Reports a failure on the page. Without figures, no page is written. */
    public void fail(Exception failure) {
        if (!results.isEmpty()) {
            try {
                write(Failures.describe(failure));
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private void write(String failure) throws IOException {
        Duration took = Duration.between(run.began(), ZonedDateTime.now());
        Map<String, Map<String, Object>> summaries = new LinkedHashMap<>();
        results.forEach((name, figures) -> summaries.put(name, Benchmarks.summary(figures)));
        replace("index.html", ReportPage.of(run, summaries, took, failure));
        replace("bench.json", JSON.writeValueAsString(results) + "\n");
    }

    /** Replaces the file atomically. */
    private void replace(String name, String content) throws IOException {
        Path whole = Files.writeString(directory.resolve(name + ".part"), content);
        Files.move(whole, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
