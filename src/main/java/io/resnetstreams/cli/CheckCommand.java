package io.resnetstreams.cli;

import io.resnetstreams.audit.OfflineOutcomes;
import io.resnetstreams.audit.OutcomeScan;
import io.resnetstreams.audit.TopicAudit;
import io.resnetstreams.audit.TopicSurvey;
import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader.Visitor;
import io.resnetstreams.kafka.TopicScan;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description = {
            "Check that the pipeline has written exactly one label or dead letter for each event.",
            "",
            "Reads the input, label and dead-letter topics up to their current ends, and counts:",
            "  * events without an outcome (lost)",
            "  * duplicate outcomes, and outcomes that are out of order",
            "  * events with both a label and a dead letter",
            "  * outcomes without an event (ghosts)",
            "  * dead letters that differ from their event (altered)",
            "  * ranges of the input that were deleted before they were consumed (gaps)",
            "  * committed offsets beyond the end of a partition",
            "  * outcomes that differ from those in --expected (mislabelled)",
            "The exit code is 1 if there are any.",
            "",
            "Wait until the pipeline has caught up: events that it has not processed yet count as lost. Events"
                    + " that arrive during the check are ignored.",
            "",
            "Gaps are detected from the offsets that the group has committed, and from events without an"
                    + " outcome after the first remaining outcome. Deleted transaction markers also appear as gaps. If"
                    + " the timestamp of an outcome differs from that of its event, the outcome belongs to an earlier"
                    + " topic of the same name and is ignored."
        },
        footer = {
            "",
            "Examples:",
            "  resnet-streams check --bootstrap localhost:9092",
            "  resnet-streams classify photos/*.jpg --json > offline.jsonl",
            "  resnet-streams check --expected offline.jsonl"
        })
final class CheckCommand extends KafkaCommand {
    @Option(names = "--input", paramLabel = "TOPIC", description = "Input topic.")
    private String input;

    @Option(names = "--output", paramLabel = "TOPIC", description = "Label topic.")
    private String labels;

    @Option(names = "--dead-letters", paramLabel = "TOPIC", description = "Dead-letter topic.")
    private String deadLetters;

    @Option(
            names = "--expected",
            paramLabel = "FILE",
            description = "Offline outcomes to compare with, by event id: the output of 'classify --json', or lines"
                    + " ID<TAB>LABEL with an empty label for a dead letter. Events with other ids are not compared.")
    private Path expected;

    @Override
    public Integer call() {
        Configuration configuration =
                load("topics.input", input, "topics.labels", labels, "topics.deadLetters", deadLetters);
        OfflineOutcomes offline = expected == null ? new OfflineOutcomes() : OfflineOutcomes.read(expected);
        TopicAudit.Result result = audit(configuration, offline);
        output.printJson(result);
        output.printf(
                "%s, %s, %s: %,d lost, %s, %,d out of order, %,d both,"
                        + " %,d ghosts, %,d altered, %,d malformed, %,d mislabelled of %,d; %s with %s"
                        + " deleted unread, %s committed beyond the end, %s of an"
                        + " earlier topic%n",
                Text.count(result.events(), "event"),
                Text.count(result.labels(), "label"),
                Text.count(result.deadLetters(), "dead letter"),
                result.lost(),
                Text.count(result.duplicates(), "duplicate"),
                result.outOfOrder(),
                result.both(),
                result.ghosts(),
                result.altered(),
                result.malformed(),
                result.mislabelled(),
                result.judged(),
                Text.count(result.gaps(), "gap"),
                Text.count(result.deletedUnread(), "offset"),
                Text.count(result.beyondEnd(), "partition"),
                Text.count(result.earlierTopic(), "outcome"));
        result.examples().forEach((fault, places) -> output.println("  " + fault + ": " + places));
        if (expected != null && result.judged() == 0 && result.labels() + result.deadLetters() > 0) {
            throw UserErrorException.shortfall(
                    "--expected " + expected + ": no outcome has an id from this file", null);
        }
        return result.isFaultless() ? 0 : 1;
    }

    private TopicAudit.Result audit(Configuration configuration, OfflineOutcomes offline) {
        EventReader reader = configuration.eventReader();
        TopicAudit audit = new TopicAudit();
        KafkaClients clients = new KafkaClients(configuration.connection());
        TopicScan scan = new TopicScan(clients);
        String inputTopic = configuration.topics().input();
        TopicSurvey survey = TopicSurvey.of(configuration, clients);
        // Fix the ranges first. Later events are not audited, since their outcomes may not have been written yet.
        Map<TopicPartition, TopicScan.Range> range = scan.ranges(inputTopic);
        Map<TopicPartition, TopicScan.Range> deadLetterRange =
                scan.ranges(configuration.topics().deadLetters());
        Map<TopicPartition, TopicScan.Range> labelRange =
                scan.ranges(configuration.topics().labels());
        // Events that were produced after these outcomes have no outcome in them.
        Map<TopicPartition, TopicScan.Range> later = scan.ranges(inputTopic);
        range.forEach((partition, offsets) -> audit.range(
                partition.partition(),
                offsets.begin(),
                offsets.end(),
                later.get(partition).end()));
        if (survey.compacted().contains(inputTopic)) {
            audit.allowCompaction();
        }
        for (TopicPartition partition : range.keySet()) {
            Set<String> truncated = Stream.of(deadLetterRange, labelRange)
                    .flatMap(ranges -> ranges.entrySet().stream())
                    .filter(outcomes -> outcomes.getKey().partition() == partition.partition()
                            && outcomes.getValue().begin() > 0)
                    .map(outcomes -> outcomes.getKey().toString())
                    .collect(Collectors.toSet());
            audit.judgeExpired(
                    partition.partition(),
                    survey.committed(partition),
                    survey.compacted().isEmpty(),
                    truncated);
        }
        OutcomeScan outcomes = new OutcomeScan(audit, inputTopic, offline, reader);
        scan.scan(deadLetterRange, Visitor.ofAll(outcomes::deadLetter));
        scan.scan(labelRange, Visitor.ofAll(outcomes::label));
        scan.scan(range, Visitor.ofAll(outcomes::event));
        survey.hidden().forEach(System.err::println);
        // Events that expired during the scan were not read, but their outcomes may have been.
        scan.ranges(inputTopic).forEach((partition, offsets) -> audit.forget(partition.partition(), offsets.begin()));
        return audit.result(inputTopic);
    }
}
