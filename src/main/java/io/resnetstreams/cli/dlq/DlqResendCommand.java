package io.resnetstreams.cli.dlq;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.PastTime;
import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.Text;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.deadletter.DeadLetterSender;
import io.resnetstreams.deadletter.ResendMemory;
import io.resnetstreams.deadletter.StoredDeadLetter;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicScan;
import io.resnetstreams.kafka.TopicScan.Range;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "replay",
        description = {
            "Resend the selected events, unchanged, to the partition of the input topic that they came from,"
                    + " and increment the header resnet-streams.retries.",
            "",
            "If the input topic no longer has the partition, the event is sent to another one and a message is"
                    + " printed. On a terminal, the command asks for confirmation.",
            "",
            "Acknowledged events are recorded in the committed offsets of the group APPLICATIONID-dlq-replay,"
                    + " and are not resent unless --all is given. Kafka deletes these offsets after"
                    + " offsets.retention.minutes (default: 7 days) without a resend. If the process crashes after an"
                    + " acknowledgement and before the commit, the next resend repeats up to 100 events. No event is"
                    + " skipped.",
            "",
            "The exit code is 1 if the input topic rejects an event."
        },
        footer = {"", "Example:", "  resnet-streams dlq replay --code too_many_bytes --since 2h"})
final class DlqResendCommand extends DeadLettersCommand {
    @Option(
            names = "--max-retries",
            paramLabel = "N",
            description = "Do not resend events that were resent N times (default: ${DEFAULT-VALUE}).")
    private int maxRetries = StoredDeadLetter.MAX_RETRIES;

    @Option(
            names = "--since",
            paramLabel = "TIME|DURATION",
            description =
                    "Only events with a timestamp at or after this time, such as 2026-11-23T00:00:00Z or 2h (two hours"
                            + " ago; units s, m, h, d).")
    private String since;

    @Option(names = "--limit", paramLabel = "N", description = "Maximum number of events to resend.")
    private Long limit;

    @Option(names = "--all", description = "Also resend events that were resent before.")
    private boolean all;

    @Option(names = "--yes", description = "Do not ask for confirmation.")
    private boolean yes;

    @Option(names = "--dry-run", description = "Count the events without resending them.")
    private boolean dryRun;

    private long sinceMillis;
    private KafkaClients clients;
    private String input;
    private int partitions;
    private Map<TopicPartition, Range> ranges;
    private ResendMemory memory;

    /** The selected dead letters by outcome. */
    @JsonPropertyOrder({"replayed", "alreadyReplayed", "exhausted", "foreign", "withoutContent", "malformed"})
    static final class Counts {
        /** Resent, or with {@code --dry-run} to be resent. */
        public long replayed;
        /** Not resent, since they were resent before. */
        public long alreadyReplayed;

        public long exhausted;
        public long foreign;
        public long withoutContent;
        /** Without a source position. */
        public long malformed;
        /** Rejected by the input topic. */
        public long refused;
        /** Sent to a different partition from the one they came from. */
        public long moved;

        public boolean dryRun;
    }

    @FunctionalInterface
    private interface Sender {
        void send(StoredDeadLetter letter, int source, ResendMemory.Visit visit);
    }

    @Override
    public Integer call() {
        OptionRange.requireAtLeastOne("--limit", limit);
        sinceMillis = since == null ? Long.MIN_VALUE : PastTime.parse("--since", since, Instant.now());
        Configuration configuration = configuration();
        clients = new KafkaClients(configuration.connection());
        input = configuration.topics().input();
        partitions = clients.partitions(input).size();
        String letters = configuration.topics().deadLetters();
        ranges = new TopicScan(clients).ranges(letters);
        String group = ResendMemory.group(configuration.applicationId());
        try (Admin admin = clients.admin();
                ResendMemory opened = new ResendMemory(admin, group, letters)) {
            memory = opened;
            Counts counts = new Counts();
            counts.dryRun = dryRun;
            boolean ask = !yes && Terminal.isInput();
            if (dryRun || ask) {
                scan(counts, (letter, source, visit) -> {});
            }
            if (dryRun) {
                return report(counts);
            }
            if (ask
                    && counts.replayed > 0
                    && !Terminal.confirms(String.format(
                            "Resend %s to %s%s?",
                            Text.count(counts.replayed, "event"),
                            input,
                            memory.isNew() ? " (no earlier resend is recorded)" : ""))) {
                output.println("nothing was sent");
                return 1;
            }
            return report(sent());
        }
    }

    private Counts sent() {
        Counts counts = new Counts();
        try (Producer<byte[], byte[]> producer = clients.producer()) {
            DeadLetterSender sender = new DeadLetterSender(producer, memory, input, partitions);
            scan(counts, (letter, source, visit) -> {
                if (source >= partitions) {
                    counts.moved++;
                    System.err.printf(
                            "%1$s: sent to partition %5$d of topic '%3$s', which has %4$d partitions; the event came from partition %2$d%n",
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

    /** Counts the selected dead letters and sends those that are to be resent, in the order of each partition. */
    private void scan(Counts counts, Sender sender) {
        ranges.forEach((partition, range) -> memory.begin(partition.partition(), range.begin()));
        new TopicScan(clients).scan(ranges, record -> {
            StoredDeadLetter letter = new StoredDeadLetter(record);
            ResendMemory.Visit visit = memory.visit(record.partition(), record.offset());
            if (isSelected(letter) && record.timestamp() >= sinceMillis) {
                take(letter, visit, counts, sender);
            }
            return limit == null || counts.replayed < limit;
        });
    }

    private void take(StoredDeadLetter letter, ResendMemory.Visit visit, Counts counts, Sender sender) {
        SourcePosition source = letter.source().orElse(null);
        if (source == null) {
            counts.malformed++;
            System.err.println(letter.position() + ": not sent, since its headers have no source position");
        } else if (!source.topic().equals(input)) {
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
            sender.send(letter, source.partition(), visit);
        }
    }

    private int report(Counts counts) {
        output.printJson(counts);
        output.printf(
                "%s: %s; skipped: %,d already resent, %,d at the limit of %d retries, %,d from another topic, %,d"
                        + " without content, %,d without a source position; rejected by the input topic: %,d%n",
                dryRun ? "to be resent" : "resent",
                Text.count(counts.replayed, "event"),
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
