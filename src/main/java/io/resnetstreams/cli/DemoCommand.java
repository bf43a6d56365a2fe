package io.resnetstreams.cli;

import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.PipelineCommand;
import io.resnetstreams.demo.DemoRun;
import io.resnetstreams.service.Termination;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the whole pipeline on this machine, with an embedded broker. */
@Command(
        name = "demo",
        description = {
            "Start Kafka in this process, send the bundled sample images through the pipeline, and check that"
                    + " every event has exactly one label, in order.",
            "",
            "The exit code is 1 if a label is missing, duplicate or out of order."
        },
        footer = {"", "Example:", "  resnet-streams demo --repeat 25"})
final class DemoCommand extends PipelineCommand {
    private static final long LONGEST_CLOSE_MILLIS = 30_000;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description = "Number of times to send the sample (default: ${DEFAULT-VALUE}).")
    private int repeat = 1;

    @Option(
            names = "--hold",
            description = "Keep the web page, the pipeline and Kafka running until SIGTERM or Ctrl-C.")
    private boolean hold;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.require("--repeat", repeat, 1, 100_000);
        DemoReport report = new DemoReport(output);
        // Not installed earlier: until then a signal may end the process at once.
        Termination termination = null;
        int code = 1;
        try (DemoRun run = DemoRun.prepare(load(), report)) {
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
