package io.resnetstreams.cli;

import io.resnetstreams.bench.BenchReport;
import io.resnetstreams.bench.BenchReport.Run;
import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.Benchmarks;
import io.resnetstreams.bench.Disturbance;
import io.resnetstreams.cli.options.OutputCommand;
import io.resnetstreams.common.Folders;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.inference.engine.EngineSelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures the pipeline's throughput, latency and memory. */
@Command(
        name = "bench",
        description = {
            "Measure the pipeline on this machine and compare it with the network alone and with simpler"
                    + " implementations.",
            "",
            "The candidates of a scenario are measured in turn, and their medians are compared.",
            "Scenarios: ceiling, pipeline, perRecord, drainAtCommit, overhead, simulatedDevice, references,"
                    + " latency, precision, growth, decode, memory, startup."
        },
        footer = {
            "",
            "Example:",
            "  resnet-streams bench overhead simulatedDevice --rounds 5 --seconds 5 \\",
            "    --report target/bench",
            "  resnet-streams bench ceiling pipeline --engine mxnet,onnxruntime"
        })
final class BenchCommand extends OutputCommand {
    private static final int DEFAULT_SECONDS = 480;

    @Parameters(
            paramLabel = "SCENARIO",
            arity = "0..*",
            description = "Scenarios to run (default: those that fit into 8 minutes).")
    private List<String> scenarios;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Number of rounds, after one warm-up round (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Approximate duration of each measurement, in seconds (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--images",
            paramLabel = "DIR",
            description = "Directory of JPEG photographs (default: generated images).")
    private Path images;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            split = ",",
            description = "Engines to compare: mxnet, onnxruntime or both; or auto, the one that run would select"
                    + " (default: auto).")
    private List<String> engines;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description =
                    "Device of the network: cpu, gpu, gpu:N or auto (default: " + BenchSettings.USUAL_DEVICE + ").")
    private String device;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write tables and plots to DIR/index.html, and JSON to DIR/bench.json.")
    private Path reportDirectory;

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("resnet-streams-bench");
        try {
            BenchSettings settings = new BenchSettings(
                    rounds,
                    seconds,
                    images,
                    directory,
                    Folders.resolve(Path.of("models", "resnet20-fashion-mnist")),
                    engines == null ? List.of(EngineSelector.AUTO) : engines,
                    device == null ? BenchSettings.USUAL_DEVICE : device);
            List<String> names = scenarios == null ? fitting(settings) : scenarios;
            requireUsable(names, settings);
            BenchReport report = reportDirectory == null
                    ? null
                    : BenchReport.open(
                            reportDirectory, new Run(commandLine(), names, rounds, seconds, ZonedDateTime.now()));
            if (scenarios == null) {
                reportSkipped(names);
            }
            output.printJson(measure(names, settings, report));
            return 0;
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } finally {
            Folders.delete(directory);
        }
    }

    /** Finds mistakes before the first measurement, which takes minutes. */
    private void requireUsable(List<String> names, BenchSettings settings) {
        Benchmarks.requireKnown(names);
        if (engines != null || device != null) {
            Benchmarks.requireNetwork(names, settings);
        }
        if (engines != null) {
            settings.engines().forEach(EngineSelector::available);
        }
    }

    private static List<String> fitting(BenchSettings settings) {
        List<String> names = Benchmarks.fitting(settings, DEFAULT_SECONDS);
        if (names.isEmpty()) {
            throw UserErrorException.usage("no scenario fits into " + DEFAULT_SECONDS / 60 + " minutes with "
                    + settings.rounds() + " rounds of " + settings.seconds() + " s; name the scenarios to run");
        }
        return names;
    }

    private static void reportSkipped(List<String> names) {
        List<String> skipped = new ArrayList<>(Benchmarks.names());
        skipped.removeAll(names);
        if (!skipped.isEmpty()) {
            System.err.println("skipped to finish within " + DEFAULT_SECONDS / 60 + " minutes: "
                    + String.join(", ", skipped) + " (name them, or reduce --rounds or --seconds)");
        }
    }

    private Map<String, Object> measure(List<String> names, BenchSettings settings, BenchReport report)
            throws Exception {
        Map<String, Object> results = new LinkedHashMap<>();
        try {
            show("machine", Benchmarks.machine(), report, results);
            for (String name : names) {
                System.err.println("measuring " + name);
                // Report each scenario when it ends, since the run takes minutes and may be interrupted.
                show(name, Benchmarks.run(name, settings), report, results);
            }
            return results;
        } catch (Exception e) {
            if (report != null) {
                report.fail(e);
            }
            throw e;
        }
    }

    private void show(String name, Map<String, Object> figures, BenchReport report, Map<String, Object> results) {
        output.printf("%-16s %s%n", name, Benchmarks.summary(figures));
        Disturbance.of(figures).forEach(mark -> System.err.println("warning: " + name + ": " + mark));
        results.put(name, figures);
        if (report != null) {
            report.add(name, figures);
        }
    }
}
