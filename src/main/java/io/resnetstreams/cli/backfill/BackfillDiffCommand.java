package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.compare.ComparisonReaders;
import io.resnetstreams.compare.ComparisonResult;
import io.resnetstreams.compare.LabelComparison;
import io.resnetstreams.compare.OutcomeJoin;
import io.resnetstreams.compare.OutputTopics;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.report.Charts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description = {
            "Compare the labels of two outputs by source position: the share of events with the same label, the"
                    + " labels that changed, and the largest changes of probability.",
            "",
            "Reads both outputs up to their current ends, with bounded memory. If an event has several labels,"
                    + " only the first one is compared. The exit code is 1 if no event has a label in both outputs."
        },
        footer = {"", "Example:", "  resnet-streams backfill diff live image-labels-int8 --picture changes.svg"})
final class BackfillDiffCommand extends KafkaCommand {
    private static final int MOST_TOP = 1_000;
    private static final long MAX_BUFFERED_BYTES = 16L << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "Name of a run, a label topic, or 'live' for the configured label topic.")
    private String nameA;

    @Parameters(index = "1", paramLabel = "B", description = "The output to compare with.")
    private String nameB;

    @Option(
            names = "--input",
            paramLabel = "TOPIC",
            description = "Compare only events of this input topic (default: all).")
    private String input;

    @Option(
            names = "--top",
            paramLabel = "N",
            description =
                    "Number of events to list for each kind of difference, and of pairs of labels to print (default:"
                            + " ${DEFAULT-VALUE}).")
    private int top = 10;

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            description = "Draw the changed labels to FILE, whose name ends in .svg or .png.")
    private Path picture;

    @Override
    public Integer call() {
        OptionRange.require("--top", top, 1, MOST_TOP);
        if (picture != null) {
            Charts.requireFormat("--picture", picture);
        }
        Configuration configuration = load();
        KafkaClients clients = new KafkaClients(configuration.connection());
        requireName("A", nameA);
        requireName("B", nameB);
        Map<String, BackfillRun> runs;
        try (BackfillRuns opened = BackfillRuns.open(configuration)) {
            runs = opened.store().runs();
        }
        OutputTopics a = OutputTopics.find(nameA, configuration.topics(), runs);
        OutputTopics b = OutputTopics.find(nameB, configuration.topics(), runs);
        ComparisonResult result = compare(clients, a, b);
        output.printJson(result);
        ComparisonText.print(output.text(), result, top);
        if (result.compared() == 0) {
            throw UserErrorException.shortfall(
                    a.labels() + " and " + b.labels() + " have no labelled event in common"
                            + (input == null ? "" : " that came from " + input),
                    null);
        }
        if (picture != null) {
            Charts.changes(picture, a.name(), b.name(), result.classes());
            output.println("changes: " + picture);
        }
        return 0;
    }

    private static void requireName(String parameter, String name) {
        try {
            OutputTopics.requireName(name);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(parameter + " is '" + name + "': " + e.getMessage(), e);
        }
    }

    private static void step(ProgressBar bar, int records) {
        if (bar != null) {
            bar.stepBy(records);
        }
    }

    private ComparisonResult compare(KafkaClients clients, OutputTopics a, OutputTopics b) {
        AtomicReference<ProgressBar> bar = new AtomicReference<>();
        try (ComparisonReaders readers = ComparisonReaders.open(clients, a, b, records -> step(bar.get(), records));
                ProgressBar shown = Terminal.progressBar("labels", readers.offsets())) {
            bar.set(shown);
            LabelComparison comparison = new LabelComparison(a, b, top);
            OutcomeJoin.Settings settings = new OutcomeJoin.Settings(
                    topic -> input == null || input.equals(topic), MAX_BUFFERED_BYTES, TIMEOUT);
            new OutcomeJoin(readers.byStream(), settings, comparison).run();
            return comparison.result();
        } catch (TimeoutException e) {
            throw UserErrorException.shortfall(e.getMessage(), e);
        }
    }
}
