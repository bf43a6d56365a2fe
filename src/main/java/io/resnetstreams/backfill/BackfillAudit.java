package io.resnetstreams.backfill;

import io.resnetstreams.audit.OutcomeScan;
import io.resnetstreams.audit.TopicAudit;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader.Visitor;
import io.resnetstreams.kafka.TopicScan;
import io.resnetstreams.kafka.TopicScan.Range;
import io.resnetstreams.topology.Guarantee;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Compares the outcomes of a run with the events of its plan. Threading: one thread. */
final class BackfillAudit {
    /** The open transaction of a crashed process is aborted after ten seconds. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final KafkaClients clients;
    private final BackfillPlan plan;
    private final TopicScan scan;
    private long skipped;

    BackfillAudit(KafkaClients clients, BackfillPlan plan) {
        this.clients = clients;
        this.plan = plan;
        this.scan = new TopicScan(clients);
    }

    /** Reads the run's range and its outcomes; events that have expired are left out. */
    BackfillRun.Result run() throws InterruptedException {
        String input = plan.parameters().input();
        Map<TopicPartition, Range> labels = outcomes(plan.parameters().output(), plan::labelsFrom);
        Map<TopicPartition, Range> deadLetters = outcomes(plan.parameters().deadLetters(), plan::deadLettersFrom);
        TopicAudit audit = new TopicAudit(true);
        Map<TopicPartition, Range> events = new HashMap<>();
        plan.partitions().forEach(range -> {
            audit.range(range.partition(), range.from(), range.end());
            events.put(new TopicPartition(input, range.partition()), new Range(range.from(), range.end()));
        });
        OutcomeScan records = new OutcomeScan(audit, input);
        scan.scan(deadLetters, ofThisRun(records::deadLetter));
        scan.scan(labels, ofThisRun(records::label));
        EventSelection selection = plan.parameters().selection();
        scan.scan(events, Visitor.ofAll(record -> {
            if (selection.takes(OutcomeScan.position(record), record.headers())) {
                records.event(record);
            } else {
                skipped++;
            }
        }));
        scan.ranges(input).forEach((partition, offsets) -> audit.forget(partition.partition(), offsets.begin()));
        return result(audit.result(input));
    }

    private Visitor ofThisRun(java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> each) {
        return Visitor.ofAll(record -> {
            if (plan.isMarked(record.headers())) {
                each.accept(record);
            }
        });
    }

    private BackfillRun.Result result(TopicAudit.Result audited) {
        Map<String, List<String>> examples = new TreeMap<>();
        audited.examples().forEach((fault, places) -> {
            if (isPromised(fault)) {
                examples.put(fault.name().toLowerCase(Locale.ROOT).replace('_', ' '), places);
            }
        });
        return new BackfillRun.Result(
                audited.events(),
                skipped,
                audited.labels(),
                audited.deadLetters(),
                audited.lost(),
                audited.duplicates(),
                audited.outOfOrder(),
                examples);
    }

    /** With at-least-once, uncommitted events are processed again after a crash. */
    private boolean isPromised(TopicAudit.Fault fault) {
        boolean once = Guarantee.of(plan.parameters().guarantee()) == Guarantee.EXACTLY_ONCE_V2;
        return once || (fault != TopicAudit.Fault.DUPLICATE && fault != TopicAudit.Fault.OUT_OF_ORDER);
    }

    /** Returns the ranges of an output topic, when no open transaction hides records any more. */
    private Map<TopicPartition, Range> outcomes(String topic, IntToLongFunction begins) throws InterruptedException {
        List<TopicPartition> partitions = clients.partitions(topic);
        try (Admin admin = clients.admin()) {
            Map<TopicPartition, Long> ends = AdminOffsets.ends(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
            long deadline = System.nanoTime() + TRANSACTION_TIMEOUT.toNanos();
            while (!reaches(AdminOffsets.ends(admin, partitions, IsolationLevel.READ_COMMITTED), ends)) {
                if (System.nanoTime() > deadline) {
                    throw UserErrorException.shortfall(
                            topic + ": a transaction has been open for " + TRANSACTION_TIMEOUT.toSeconds()
                                    + " s, so its records can't be audited",
                            null);
                }
                Thread.sleep(POLL_INTERVAL.toMillis());
            }
            Map<TopicPartition, Range> ranges = new HashMap<>();
            ends.forEach((partition, end) ->
                    ranges.put(partition, new Range(Math.min(begins.applyAsLong(partition.partition()), end), end)));
            return ranges;
        }
    }

    private static boolean reaches(Map<TopicPartition, Long> stable, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> stable.get(end.getKey()) >= end.getValue());
    }
}
