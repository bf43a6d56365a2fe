package io.resnetstreams.cli.dlq;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.cli.options.PastTime;
import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.deadletter.DeadLetterSender;
import io.resnetstreams.deadletter.ResendMemory;
import io.resnetstreams.deadletter.StoredDeadLetter;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicScan;
import io.resnetstreams.kafka.TopicScan.Range;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends the events of dead letters back to the input topic. */
@Command(
        name = "replay",
        description = {
            "Sends the selected events back to the input topic, to the partition they came from, as they came, with",
            "the header resnet-streams.retries counting up. What the broker has acknowledged is remembered in the",
            "committed offsets of the group APPLICATIONID-dlq-replay and not sent again, unless --all asks for it. Kafka",
            "deletes these offsets after offsets.retention.minutes without a replay (7 days by default). If the process",
            "dies between an acknowledgement and its commit, up to 100 events are sent again by the next replay; none is",
            "skipped. On a terminal it asks before it sends. An event whose partition the input no longer has goes to",
            "another one, and a line says so. Exit code 1 if the input does not take an event."
        },
        footer = "%nExample: resnet-streams dlq replay --code too_many_bytes --since 2h")
final class DlqReplayCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private DeadLetterSelection selection;

    @Option(
            names = "--max-retries",
            paramLabel = "N",
            defaultValue = "" + StoredDeadLetter.MAX_RETRIES,
            description = "Events that were sent back so often stay here (default: ${DEFAULT-VALUE}).")
    private int maxRetries;

    @Option(
            names = "--since",
            paramLabel = "TIME|DURATION",
            description = "Only events whose timestamp is not before a time such as 2026-11-23T00:00:00Z, or not longer"
                    + " ago than 30s, 15m, 2h or 7d.")
    private String since;

    @Option(names = "--limit", paramLabel = "N", description = "Sends so many events at most.")
    private Long limit;

    @Option(names = "--all", description = "Begins with the oldest dead letter, whatever was sent back before.")
    private boolean all;

    @Option(names = "--yes", description = "Sends without asking.")
    private boolean yes;

    @Option(names = "--dry-run", description = "Only counts what would be sent.")
    private boolean dryRun;

    private long sinceMillis;

    /** What became of the dead letters that were selected. */
    @JsonPropertyOrder({"replayed", "alreadyReplayed", "exhausted", "foreign", "withoutContent", "malformed"})
    static final class Counts {
        /** Sent, or with {@code --dry-run} to be sent. */
        public long replayed;
        /** Not sent, since they were sent by an earlier replay. */
        public long alreadyReplayed;

        public long exhausted;
        public long foreign;
        public long withoutContent;
        /** Without a source position. */
        public long malformed;
        /** Not taken by the input topic. */
        public long refused;
        /** Sent to another partition than the one they came from. */
        public long moved;

        public boolean dryRun;
    }

    /** Takes a letter that is to be sent. */
    @FunctionalInterface
    private interface Taker {
        void take(StoredDeadLetter letter, int source, ResendMemory.Visit visit);
    }

    @Override
    public Integer call() {
        if (limit != null && limit < 1) {
            throw UserErrorException.usage("--limit is " + limit + "; at least 1 is needed");
        }
        sinceMillis = since == null ? Long.MIN_VALUE : PastTime.parse("--since", since, Instant.now());
        Configuration configuration = selection.configuration();
        KafkaClients clients = new KafkaClients(configuration.connection());
        int partitions = clients.partitions(configuration.topics().input()).size();
        String letters = configuration.topics().deadLetters();
        Map<TopicPartition, Range> ranges = new TopicScan(clients).ranges(letters);
        String group = ResendMemory.group(configuration.applicationId());
        try (ResendMemory memory = new ResendMemory(clients.admin(), group, letters)) {
            Counts counts = dryRun || isToAsk() ? counted(configuration, memory, ranges) : new Counts();
            counts.dryRun = dryRun;
            if (dryRun) {
                return report(counts);
            }
            if (isToAsk()
                    && counts.replayed > 0
                    && !Terminal.confirms(String.format(
                            "Send %,d events back to %s%s?",
                            counts.replayed,
                            configuration.topics().input(),
                            memory.isNew() ? " (no earlier replay is remembered)" : ""))) {
                output.text().println("nothing was sent");
                return 1;
            }
            return report(sent(configuration, clients, memory, ranges, partitions));
        }
    }

    private boolean isToAsk() {
        return !yes && Terminal.isInput();
    }

    private Counts counted(Configuration configuration, ResendMemory memory, Map<TopicPartition, Range> ranges) {
        Counts counts = new Counts();
        scan(configuration, memory, ranges, counts, (letter, source, visit) -> {});
        return counts;
    }

    private Counts sent(
            Configuration configuration,
            KafkaClients clients,
            ResendMemory memory,
            Map<TopicPartition, Range> ranges,
            int partitions) {
        Counts counts = new Counts();
        String input = configuration.topics().input();
        try (Producer<byte[], byte[]> producer = clients.producer()) {
            DeadLetterSender sender = new DeadLetterSender(producer, memory, input, partitions);
            scan(configuration, memory, ranges, counts, (letter, source, visit) -> {
                if (source >= partitions) {
                    counts.moved++;
                    System.err.printf(
                            "%s: its event came from partition %d and topic '%s' has %d; it goes to partition %d%n",
                            letter.position(),
                            source,
                            input,
                            partitions,
                            DeadLetterSender.partition(source, partitions));
                }
                sender.send(letter, source, visit);
            });
            sender.flush();
            counts.replayed = sender.sent();
            counts.refused = sender.refused();
        }
        return counts;
    }

    /** Reads what may be unsent, each partition in its order, and counts all letters that are selected. */
    private void scan(
            Configuration configuration,
            ResendMemory memory,
            Map<TopicPartition, Range> ranges,
            Counts counts,
            Taker taker) {
        String input = configuration.topics().input();
        Map<TopicPartition, Range> left = new HashMap<>();
        ranges.forEach((partition, range) -> {
            memory.begin(partition.partition(), range.begin());
            left.put(partition, range);
        });
        new TopicScan(new KafkaClients(configuration.connection())).scan(left, record -> {
            StoredDeadLetter letter = new StoredDeadLetter(record);
            ResendMemory.Visit visit = memory.visit(record.partition(), record.offset());
            if (selection.isSelected(letter) && record.timestamp() >= sinceMillis) {
                take(letter, visit, input, memory, counts, taker);
            }
            return limit == null || counts.replayed < limit;
        });
    }

    private void take(
            StoredDeadLetter letter,
            ResendMemory.Visit visit,
            String input,
            ResendMemory memory,
            Counts counts,
            Taker taker) {
        Optional<SourcePosition> source = letter.source();
        if (source.isEmpty()) {
            counts.malformed++;
            System.err.println(letter.position() + ": no source position in its headers; it is not sent");
        } else if (!source.get().topic().equals(input)) {
            counts.foreign++;
        } else if (!letter.hasContent()) {
            counts.withoutContent++;
            memory.done(visit);
        } else if (!all && memory.contains(visit.partition(), visit.offset())) {
            counts.alreadyReplayed++;
        } else if (letter.retries() >= maxRetries) {
            counts.exhausted++;
        } else {
            counts.replayed++;
            taker.take(letter, source.get().partition(), visit);
        }
    }

    private int report(Counts counts) {
        output.printJson(counts);
        output.text()
                .printf(
                        "%,d events %s; %,d were sent back before, %,d had their %d retries, %,d came from another topic,"
                                + " %,d are without content, %,d are no dead letters of this pipeline, %,d were refused%n",
                        counts.replayed,
                        dryRun ? "would be sent back" : "sent back",
                        counts.alreadyReplayed,
                        counts.exhausted,
                        maxRetries,
                        counts.foreign,
                        counts.withoutContent,
                        counts.malformed,
                        counts.refused);
        return counts.refused == 0 ? 0 : 1;
    }
}
