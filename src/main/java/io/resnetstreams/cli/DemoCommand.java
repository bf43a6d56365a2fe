package io.resnetstreams.cli;

import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.cli.options.PipelineOptions;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.demo.DemoRun;
import io.resnetstreams.service.Termination;
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
    private static final long LONGEST_CLOSE_MILLIS = 30_000;

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

    @Option(
            names = "--hold",
            description = "Keep the page, the pipeline and Kafka open after the end, until SIGTERM or Ctrl-C.")
    private boolean hold;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (repeat < 1 || repeat > 100_000) {
            throw UserErrorException.usage("--repeat is " + repeat + "; allowed are 1 to 100000");
        }
        DemoReport report = new DemoReport(output);
        // Installed when it holds: before, there is nothing that a signal should not end at once.
        Termination termination = null;
        int code = 1;
        try (DemoRun run = DemoRun.prepare(options.load(), report)) {
            code = report.end(run.stream(repeat, hold)) ? 0 : 1;
            if (hold) {
                termination = Termination.install(LONGEST_CLOSE_MILLIS, code);
                termination.attend();
                report.held(run.address());
                termination.awaitAsked();
            }
        } finally {
            if (termination != null) {
                termination.ended(code);
            }
        }
        return code;
    }
}
