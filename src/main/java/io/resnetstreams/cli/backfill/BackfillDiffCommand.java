package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.BrokerOptions;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.compare.ComparisonReaders;
import io.resnetstreams.compare.ComparisonResult;
import io.resnetstreams.compare.ConfiguredOutputs;
import io.resnetstreams.compare.LabelComparison;
import io.resnetstreams.compare.OutcomeJoin;
import io.resnetstreams.compare.OutputTopics;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.report.Charts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares the labels of two outputs. */
@Command(
        name = "diff",
        description = {
            "Compares the labels of two outputs, joined by source position: how many agree, which labels became which,",
            "whose probabilities moved most. Reads both to their present ends, in memory that does not grow with them. Of",
            "several labels of an event the first counts. Exit code 1 if no event has a label in both."
        },
        footer = "%nExample: resnet-streams backfill diff live image-labels-int8 --picture changes.svg")
final class BackfillDiffCommand implements Callable<Integer> {
    private static final int MOST_TOP = 1_000;
    private static final long MOST_WAITING_BYTES = 16L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Mixin
    private OutputOptions output;

    @Mixin
    private BrokerOptions options;

    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "A backfill's run, a topic of labels, or 'live' for the configured one.")
    private String nameA;

    @Parameters(index = "1", paramLabel = "B", description = "The other.")
    private String nameB;

    @Option(
            names = "--input",
            paramLabel = "TOPIC",
            description = "Compare this input topic's events alone (default: those of all).")
    private String input;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "Name so many events of each kind, and print so many pairs of labels (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            description = "Draws which labels became which: a picture by its name's ending, svg or png.")
    private Path picture;

    @Override
    public Integer call() {
        if (top < 1 || top > MOST_TOP) {
            throw UserErrorException.usage("--top is " + top + "; allowed are 1 to " + MOST_TOP);
        }
        if (picture != null) {
            Charts.requireFormat("--picture", picture);
        }
        Configuration configuration = options.load();
        KafkaClients clients = new KafkaClients(configuration.connection());
        requireName("A", nameA);
        requireName("B", nameB);
        ConfiguredOutputs names = names(configuration);
        OutputTopics a = names.find(nameA);
        OutputTopics b = names.find(nameB);
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
            output.text().println("changes: " + picture);
        }
        return 0;
    }

    private static ConfiguredOutputs names(Configuration configuration) {
        try (BackfillRuns runs = BackfillRuns.open(configuration)) {
            return new ConfiguredOutputs(configuration.topics().names(), runs.all());
        }
    }

    private static void requireName(String parameter, String name) {
        try {
            ConfiguredOutputs.requireName(name);
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
                    topic -> input == null || input.equals(topic), MOST_WAITING_BYTES, PATIENCE);
            new OutcomeJoin(readers.byStream(), settings, comparison).run();
            return comparison.result();
        } catch (TimeoutException e) {
            throw UserErrorException.shortfall(e.getMessage(), e);
        }
    }
}
