package io.resnetstreams.cli;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.report.BenchReport;
import io.resnetstreams.bench.report.ReportPage.Run;
import io.resnetstreams.bench.scenario.Benchmarks;
import io.resnetstreams.cli.options.CommandLines;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.Home;
import io.resnetstreams.common.TemporaryFolder;
import io.resnetstreams.common.UserErrorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures the pipeline against its own ceiling and its peers. */
@Command(
        name = "bench",
        description = {
            "Measures the pipeline against its own ceiling and against what else could be written. Candidates alternate",
            "within a run, and medians are compared: figures are ratios of this machine. Scenarios: ceiling, pipeline,",
            "perRecord, drainAtCommit, overhead, simulatedDevice, latency, precision, growth, decode,",
            "memory, startup."
        },
        footer =
                "%nExample: resnet-streams bench overhead simulatedDevice --rounds 5 --seconds 5 --report target/bench")
final class BenchCommand implements Callable<Integer> {
    private static final int DEFAULT_SECONDS = 480;

    @Mixin
    private OutputOptions output;

    @Parameters(
            paramLabel = "SCENARIO",
            arity = "0..*",
            description = "What to measure (default: what fits into 8 minutes with these rounds and seconds).")
    private List<String> scenarios;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds of each candidate, after one for warm-up (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "About how long each measurement takes (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--images",
            paramLabel = "DIR",
            description = "JPEG photographs for pipeline and decode (default: made ones).")
    private Path images;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write a page with tables and plots, DIR/index.html, and the JSON, DIR/bench.json.")
    private Path reportDirectory;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("resnet-streams-bench");
        try {
            BenchSettings settings = new BenchSettings(
                    rounds, seconds, images, directory, Home.resolve(Path.of("models", "resnet20-fashion-mnist")));
            List<String> names = scenarios == null ? fitting(settings) : scenarios;
            BenchReport report = reportDirectory == null
                    ? null
                    : BenchReport.open(reportDirectory, Run.now(CommandLines.of(spec), names, rounds, seconds));
            tellLeftOut(names);
            output.printJson(measure(names, settings, report));
            return 0;
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } finally {
            TemporaryFolder.delete(directory);
        }
    }

    private static List<String> fitting(BenchSettings settings) {
        List<String> names = Benchmarks.fitting(settings, DEFAULT_SECONDS);
        if (names.isEmpty()) {
            throw UserErrorException.usage("no scenario fits into " + DEFAULT_SECONDS / 60 + " minutes with "
                    + settings.rounds() + " rounds of " + settings.seconds() + " s; name those to measure");
        }
        return names;
    }

    private void tellLeftOut(List<String> names) {
        List<String> leftOut = Benchmarks.names().stream()
                .filter(name -> !names.contains(name))
                .toList();
        if (scenarios == null && !leftOut.isEmpty()) {
            System.err.println("left out, to be done within " + DEFAULT_SECONDS / 60 + " minutes: "
                    + String.join(", ", leftOut) + " (name them, or take fewer --rounds or --seconds)");
        }
    }

    private Map<String, Object> measure(List<String> names, BenchSettings settings, BenchReport report)
            throws Exception {
        try {
            return Benchmarks.run(
                    names,
                    settings,
                    name -> System.err.println("measuring " + name),
                    // At once: it takes minutes, and may be cut off.
                    (name, figures) -> {
                        output.text().printf("%-16s %s%n", name, figures);
                        if (report != null) {
                            report.add(name, figures);
                        }
                    });
        } catch (Exception e) {
            if (report != null) {
                report.fail(e);
            }
            throw e;
        }
    }
}
