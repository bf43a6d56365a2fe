package io.resnetstreams.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.resnetstreams.bench.report.ReportPage.Run;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The folder of {@code bench --report}: {@code index.html} and {@code bench.json}. Both are written anew whenever figures
 * come, so that a run that fails or is killed leaves what it has measured.
 */
public final class BenchReport {
    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    private final Path directory;
    private final Run run;
    private final Map<String, Object> results = new LinkedHashMap<>();

    private BenchReport(Path directory, Run run) {
        this.directory = directory;
        this.run = run;
    }

    /**
     * Makes the folder and tries whether a file can be written there, before anything is measured.
     *
     * @throws UserErrorException wrong usage where that is impossible
     */
    public static BenchReport open(Path directory, Run run) {
        for (Path above = directory.toAbsolutePath(); above != null; above = above.getParent()) {
            if (Files.exists(above) && !Files.isDirectory(above)) {
                throw UserErrorException.usage(
                        "--report " + directory + ": " + above + " is a file; a folder is needed there");
            }
        }
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, "report", ".part"));
        } catch (IOException e) {
            throw UserErrorException.usage(
                    "--report " + directory + ": no report can be written there: " + Failures.describe(e), e);
        }
        return new BenchReport(directory, run);
    }

    /** Takes in what was measured. */
    public void add(String name, Map<String, Object> figures) {
        results.put(name, figures);
        try {
            write(null);
        } catch (IOException e) {
            throw UserErrorException.shortfall(
                    "cannot write the report in " + directory + ": " + Failures.describe(e), e);
        }
    }

    /** Says in the page why the run has ended before its end; where nothing was measured there is no page. */
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
        Duration took =
                Duration.between(run.began(), ZonedDateTime.now(run.began().getZone()));
        replace("index.html", ReportPage.of(run, results, took, failure));
        replace("bench.json", JSON.writeValueAsString(results) + "\n");
    }

    /** Never leaves half a file, whenever the process is killed. */
    private void replace(String name, String content) throws IOException {
        Path whole = Files.writeString(directory.resolve(name + ".part"), content);
        Files.move(whole, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
