package io.resnetstreams.cli;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.cli.options.EngineOption;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.PipelineCommand;
import io.resnetstreams.cli.options.PrecisionOption;
import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.Text;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.demo.DemoRun;
import io.resnetstreams.model.data.LabelledSample;
import io.resnetstreams.precision.Trial;
import io.resnetstreams.service.ClassificationStack;
import io.resnetstreams.service.Termination;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Runs the whole pipeline on this machine, with an embedded broker. Prints its progress as a table on a terminal, or else as
 * one line per second.
 */
@Command(
        name = "demo",
        description = {
            "Start Kafka in this process, send the bundled sample images through the pipeline, and check that"
                    + " every event has exactly one label, in order.",
            "",
            "The exit code is 1 if a label is missing, duplicate or out of order."
        },
        footer = {"", "Example:", "  resnet-streams demo --repeat 25"})
final class DemoCommand extends PipelineCommand implements DemoRun.Listener {
    private static final long LONGEST_CLOSE_MILLIS = 30_000;
    private static final double SECONDS_BETWEEN_LINES = 1;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description = "Number of times to send the sample (default: ${DEFAULT-VALUE}).")
    private int repeat = 1;

    @Option(
            names = "--hold",
            description = "Keep the web page, the pipeline and Kafka running until SIGTERM or Ctrl-C.")
    private boolean hold;

    @Mixin
    private EngineOption engine;

    @Mixin
    private PrecisionOption precision;

    private int linesDrawn;
    private double lastLine = -SECONDS_BETWEEN_LINES;
    private boolean sawFirst;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.require("--repeat", repeat, 1, 100_000);
        // Not installed earlier: until then a signal may end the process at once.
        Termination termination = null;
        int code = 1;
        try (DemoRun run = DemoRun.prepare(configuration(), this)) {
            code = end(run.stream(repeat, hold)) ? 0 : 1;
            run.int8().ifPresent(this::printGain);
            if (hold) {
                termination = Termination.install(LONGEST_CLOSE_MILLIS, code);
                termination.attend();
                String running = run.address() == null
                        ? "The pipeline is"
                        : "The pipeline and the page at " + run.address() + "/ are";
                output.println(running + " running until Ctrl-C");
                termination.awaitAsked();
            }
        } finally {
            if (termination != null) {
                termination.ended(code);
            }
        }
        return code;
    }

    private Configuration configuration() {
        return load("engine", engine.setting(), "precision.mode", precision.mode());
    }

    private void printGain(Trial int8) {
        output.printf(
                "In int8 the model is %.1f times as fast on this machine, and %s %% of the labels are equal: run --precision auto%n",
                int8.gain(), Trial.percent(int8.agreement()));
    }

    @Override
    public void step(String text) {
        output.println(text + " …");
    }

    @Override
    public void notice(String line) {
        output.println(line);
    }

    @Override
    public void ready(String bootstrapServers, ClassificationStack stack, LabelledSample sample, String address) {
        output.printf(
                "Kafka at %s, model %s on %s, %s%n",
                bootstrapServers,
                stack.modelReference().name(),
                stack.selection().description(),
                Text.count(sample.files().size(), "sample image"));
        if (address != null) {
            output.println("Page at " + address + "/");
        }
    }

    @Override
    public void progress(OutcomeFollower.Snapshot now, long total, double meanBatch, double seconds) {
        if (!sawFirst && now.outcomes() > 0) {
            sawFirst = true;
            lastLine = -SECONDS_BETWEEN_LINES;
        }
        boolean end = now.outcomes() >= total;
        if (output.json ? Terminal.isError() : Terminal.isOutput()) {
            redraw(now, total, meanBatch, seconds);
        } else if (end || seconds - lastLine >= SECONDS_BETWEEN_LINES) {
            lastLine = seconds;
            output.printf(
                    "%,9d of %s labelled, %,.0f images/s, mean batch %.1f%n",
                    now.outcomes(), Text.count(total, "event"), now.outcomes() / seconds, meanBatch);
        }
    }

    private void redraw(OutcomeFollower.Snapshot now, long total, double meanBatch, double seconds) {
        StringBuilder table = new StringBuilder();
        if (linesDrawn > 0) {
            table.append("\u001b[").append(linesDrawn).append("A\u001b[J");
        }
        table.append(
                "  events %,10d   labels %,10d   dead letters %,d%n".formatted(total, now.labels(), now.deadLetters()));
        table.append("  images/s %,8.0f   mean batch %6.1f%n".formatted(now.outcomes() / seconds, meanBatch));
        table.append("  latency   p50 %,.0f ms   p95 %,.0f ms   p99 %,.0f ms%n"
                .formatted(now.p50Millis(), now.p95Millis(), now.p99Millis()));
        now.progress()
                .forEach((partition, done) -> table.append("  partition %2d %s %,d/%,d%n"
                        .formatted(
                                partition,
                                Text.bar(done[1] == 0 ? 0 : (double) done[0] / done[1], 30),
                                done[0],
                                done[1])));
        linesDrawn = (int) table.chars().filter(c -> c == '\n').count();
        output.text().print(table);
    }

    /** Prints the summary and returns whether each event has exactly one outcome, in order. */
    private boolean end(DemoRun.Result result) {
        OutcomeFollower.Snapshot outcomes = result.outcomes();
        double imagesPerSecond = outcomes.outcomes() / result.seconds();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("events", outcomes.events());
        json.put("labels", outcomes.labels());
        json.put("deadLetters", outcomes.deadLetters());
        json.put("lost", outcomes.lost());
        json.put("duplicates", outcomes.duplicates());
        json.put("outOfOrder", outcomes.outOfOrder());
        json.put("imagesPerSecond", Rounding.to(1, imagesPerSecond));
        json.put("meanBatch", Rounding.to(2, result.meanBatch()));
        json.put(
                "latencyMillis",
                Map.of("p50", outcomes.p50Millis(), "p95", outcomes.p95Millis(), "p99", outcomes.p99Millis()));
        if (outcomes.accuracy() != null) {
            json.put("accuracy", Rounding.to(4, outcomes.accuracy()));
        }
        json.put("model", result.model());
        result.selection().addTo(json);
        json.put("seconds", Rounding.to(3, result.seconds()));
        output.printJson(json);
        output.printf(
                "%n%s, %s, %s in %.1f s: %,.0f images/s, mean batch %.1f%n",
                Text.count(outcomes.events(), "event"),
                Text.count(outcomes.labels(), "label"),
                Text.count(outcomes.deadLetters(), "dead letter"),
                result.seconds(),
                imagesPerSecond,
                result.meanBatch());
        output.printf(
                "lost %d, duplicates %d, out of order %d%n",
                outcomes.lost(), outcomes.duplicates(), outcomes.outOfOrder());
        output.printf(
                "latency from event to committed label: p50 %,.0f ms, p95 %,.0f ms, p99 %,.0f ms (all events were sent at the start)%n",
                outcomes.p50Millis(), outcomes.p95Millis(), outcomes.p99Millis());
        if (outcomes.accuracy() != null) {
            output.printf("accuracy on the sample: %.1f %% of %,d%n", outcomes.accuracy() * 100, outcomes.judged());
        }
        return outcomes.lost() == 0 && outcomes.duplicates() == 0 && outcomes.outOfOrder() == 0;
    }
}
