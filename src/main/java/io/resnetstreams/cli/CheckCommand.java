package io.resnetstreams.cli;

import io.resnetstreams.audit.OfflineOutcomes;
import io.resnetstreams.audit.OutcomeScan;
import io.resnetstreams.audit.TopicAudit;
import io.resnetstreams.audit.TopicSurvey;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.cli.options.PipelineOptions;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader.Visitor;
import io.resnetstreams.kafka.TopicScan;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Audits a pipeline's topics. */
@Command(
        name = "check",
        description = {
            "Reads input, labels and dead letters to their present ends and counts: events without outcome (lost),",
            "outcomes doubled or out of order, events with a label and a dead letter, outcomes without an event (ghosts),",
            "dead letters that are not their event byte for byte, ranges of the input that were deleted before they were",
            "consumed (gaps), committed offsets behind a partition's end; with --expected, outcomes other than those found",
            "offline (mislabelled). Exit code 1 if there is any. The pipeline should have caught up; what it has not reached",
            "yet counts as lost, what comes meanwhile is left out. A gap is seen by what the group has committed, and by",
            "events without outcome behind the first outcome that is left; deleted transaction markers look the same.",
            "Outcomes of another timestamp than their event's are of an earlier topic of the input's name, and don't count."
        },
        footer = {
            "%nExample: resnet-streams check --bootstrap localhost:9092",
            "  resnet-streams classify photos/*.jpg --json > offline.jsonl",
            "  resnet-streams check --expected offline.jsonl"
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private PipelineOptions options;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Where Kafka is.")
    private String bootstrap;

    @Option(names = "--input", paramLabel = "TOPIC", description = "The topic of events.")
    private String input;

    @Option(names = "--output", paramLabel = "TOPIC", description = "The topic of labels.")
    private String labels;

    @Option(names = "--dead-letters", paramLabel = "TOPIC", description = "The topic of dead letters.")
    private String deadLetters;

    @Option(
            names = "--expected",
            paramLabel = "FILE",
            description = {
                "What images become offline, by their id: lines of 'classify --json', whose file is the id that 'produce'",
                "gives; or lines ID<TAB>LABEL, without a label for a dead letter. Other ids are not judged."
            })
    private Path expected;

    @Override
    public Integer call() {
        Map<String, String> own = new HashMap<>();
        own.put("bootstrapServers", bootstrap);
        own.put("topics.input", input);
        own.put("topics.labels", labels);
        own.put("topics.deadLetters", deadLetters);
        Configuration configuration = options.load(own);
        OfflineOutcomes offline = expected == null ? OfflineOutcomes.none() : OfflineOutcomes.read(expected);
        TopicAudit.Result result = audit(configuration, offline);
        output.printJson(result);
        output.text()
                .printf(
                        "%,d events, %,d labels, %,d dead letters: %,d lost, %,d doubled, %,d out of order, %,d both,"
                                + " %,d ghosts, %,d altered, %,d malformed, %,d mislabelled of %,d; %,d gaps with %,d"
                                + " offsets deleted unread, %,d partitions committed beyond their end, %,d outcomes of an"
                                + " earlier topic%n",
                        result.events(),
                        result.labels(),
                        result.deadLetters(),
                        result.lost(),
                        result.duplicates(),
                        result.outOfOrder(),
                        result.both(),
                        result.ghosts(),
                        result.altered(),
                        result.malformed(),
                        result.mislabelled(),
                        result.judged(),
                        result.gaps(),
                        result.deletedUnread(),
                        result.beyondEnd(),
                        result.earlierTopic());
        result.examples().forEach((fault, places) -> output.text().println("  " + fault + ": " + places));
        if (expected != null && result.judged() == 0 && result.labels() + result.deadLetters() > 0) {
            throw UserErrorException.shortfall("--expected " + expected + ": no outcome has an id of this file", null);
        }
        return result.isFaultless() ? 0 : 1;
    }

    private TopicAudit.Result audit(Configuration configuration, OfflineOutcomes offline) {
        EventReader reader = new EventReader(configuration.eventLimits());
        TopicAudit audit = new TopicAudit();
        KafkaClients clients = new KafkaClients(configuration.connection());
        TopicScan scan = new TopicScan(clients);
        String inputTopic = configuration.topics().input();
        TopicSurvey survey = TopicSurvey.of(configuration, clients);
        // Fixed first: what comes later is not audited, since its outcome may not be there yet.
        Map<TopicPartition, TopicScan.Range> range = scan.ranges(inputTopic);
        Map<TopicPartition, TopicScan.Range> deadLetterRange =
                scan.ranges(configuration.topics().deadLetters());
        Map<TopicPartition, TopicScan.Range> labelRange =
                scan.ranges(configuration.topics().labels());
        // What was sent after these outcomes has none among them.
        Map<TopicPartition, Long> later = ends(clients, range.keySet());
        range.forEach((partition, offsets) ->
                audit.range(partition.partition(), offsets.begin(), offsets.end(), later.get(partition)));
        if (survey.isCompacted(inputTopic)) {
            audit.allowCompaction();
        }
        Set<String> truncated = new HashSet<>();
        List.of(deadLetterRange, labelRange)
                .forEach(topic -> topic.forEach((partition, offsets) -> {
                    if (offsets.begin() > 0) {
                        truncated.add(OutcomeScan.place(partition.topic(), partition.partition()));
                    }
                }));
        range.keySet()
                .forEach(partition -> audit.judgeExpired(
                        partition.partition(),
                        survey.committed(partition),
                        !survey.isAnyCompacted(),
                        Set.of(
                                        OutcomeScan.place(configuration.topics().labels(), partition.partition()),
                                        OutcomeScan.place(configuration.topics().deadLetters(), partition.partition()))
                                .stream()
                                .filter(truncated::contains)
                                .collect(Collectors.toSet())));
        OutcomeScan outcomes = new OutcomeScan(audit, inputTopic, offline, reader);
        scan.scan(deadLetterRange, Visitor.ofAll(outcomes::deadLetter));
        scan.scan(labelRange, Visitor.ofAll(outcomes::label));
        scan.scan(range, Visitor.ofAll(outcomes::event));
        survey.hidden().forEach(System.err::println);
        // What has expired meanwhile was not read, though its outcomes may have been.
        scan.ranges(inputTopic).forEach((partition, offsets) -> audit.forget(partition.partition(), offsets.begin()));
        return audit.result(inputTopic);
    }

    /** Returns where partitions end, before the first transaction that is open. */
    private static Map<TopicPartition, Long> ends(KafkaClients clients, Set<TopicPartition> partitions) {
        try (Admin admin = clients.admin()) {
            return AdminOffsets.ends(admin, partitions, IsolationLevel.READ_COMMITTED);
        }
    }
}
