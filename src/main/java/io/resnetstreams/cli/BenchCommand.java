package io.resnetstreams.cli;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.Benchmarks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures the pipeline against its own ceiling and its peers. */
@Command(
        name = "bench",
        description = {
            "Measures the pipeline against its own ceiling and against what else could be written. Candidates alternate",
            "within a run, and medians are compared: figures are ratios of this machine. Scenarios: ceiling, pipeline,",
            "perRecord, drainAtCommit, overhead, simulatedDevice, latency, decode, memory, startup."
        },
        footer = "%nExample: resnet-streams bench overhead simulatedDevice --rounds 5 --seconds 5")
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Parameters(
            paramLabel = "SCENARIO",
            arity = "0..*",
            description = "What to measure (default: all, which takes longer the more rounds and seconds).")
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

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("resnet-streams-bench");
        try {
            BenchSettings settings = new BenchSettings(
                    rounds, seconds, images, directory, Home.resolve(Path.of("models", "resnet20-fashion-mnist")));
            List<String> names = scenarios == null ? Benchmarks.names() : scenarios;
            Map<String, Object> results = Benchmarks.run(
                    names,
                    settings,
                    name -> System.err.println("measuring " + name),
                    // At once: it takes minutes, and may be cut off.
                    (name, figures) -> output.text().printf("%-16s %s%n", name, figures));
            output.printJson(results);
            return 0;
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } finally {
            TemporaryFolder.delete(directory);
        }
    }
}
