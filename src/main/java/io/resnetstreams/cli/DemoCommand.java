package io.resnetstreams.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Everything at once, on this machine. */
@Command(
        name = "demo",
        description = {
            "Starts Kafka in this process, streams the bundled sample images through the pipeline and counts:",
            "every event must have exactly one label, in order. Exit code 1 if one is lost, doubled or misplaced."
        },
        footer = "%nExample: resnet-streams demo --repeat 25")
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private PipelineOptions options;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Stream the sample so many times (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (repeat < 1 || repeat > 100_000) {
            throw UserErrorException.usage("--repeat is " + repeat + "; allowed are 1 to 100000");
        }
        DemoReport report = new DemoReport(output);
        try (DemoRun run = DemoRun.prepare(options.load(), report)) {
            return report.end(run.stream(repeat)) ? 0 : 1;
        }
    }
}
