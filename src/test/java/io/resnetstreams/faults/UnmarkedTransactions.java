package io.resnetstreams.faults;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.topology.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Utils;

/**
 * Finds outcomes that Kafka's broker itself can lose or duplicate when it is killed during a transaction (4.3.1,
 * KAFKA-20734). After the restart, the broker takes partitions without a leader for deleted, skips their transaction
 * markers and completes the transaction. On those partitions the transaction stays open, and the producer's next marker
 * decides it: an abort loses records that were committed, and a commit keeps records that were aborted and written
 * again, as duplicates.
 *
 * <p>The log itself shows this: a producer's epoch increases with each transaction, so there must be a marker between
 * two epochs.
 */
final class UnmarkedTransactions {
    private final Set<String> events = new HashSet<>();

    private UnmarkedTransactions() {}

    /** An open transaction of a producer on one partition, and the events whose outcomes it contains. */
    private record Open(short epoch, List<String> events) {}

    /**
     * Returns the events whose outcomes are in such transactions, as positions in the format of {@code check}.
     *
     * @param data the broker's data directory
     */
    static Set<String> find(Path data, Topics topics) throws IOException {
        UnmarkedTransactions unmarked = new UnmarkedTransactions();
        Set<String> names = Set.of(topics.labels(), topics.deadLetters());
        try (Stream<Path> folders = Files.list(data)) {
            for (Path folder :
                    folders.filter(path -> names.contains(topicOf(path))).toList()) {
                unmarked.readPartition(folder);
            }
        }
        return unmarked.events;
    }

    private static String topicOf(Path folder) {
        return folder.getFileName().toString().replaceFirst("-\\d+$", "");
    }

    private void readPartition(Path folder) throws IOException {
        Map<Long, Open> openByProducer = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path segment : files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                try (FileRecords records = FileRecords.open(segment.toFile(), false)) {
                    records.batches().forEach(batch -> readBatch(batch, openByProducer));
                }
            }
        }
    }

    private void readBatch(RecordBatch batch, Map<Long, Open> openByProducer) {
        if (!batch.isTransactional()) {
            return;
        }
        if (batch.isControlBatch()) {
            openByProducer.remove(batch.producerId());
            return;
        }
        Open open = openByProducer.get(batch.producerId());
        if (open == null || open.epoch() != batch.producerEpoch()) {
            if (open != null) {
                events.addAll(open.events());
            }
            open = new Open(batch.producerEpoch(), new ArrayList<>());
            openByProducer.put(batch.producerId(), open);
        }
        for (Record record : batch) {
            open.events().add(event(record));
        }
    }

    private static String event(Record record) {
        return DeadLetter.sourceOf(new RecordHeaders(record.headers()), 0)
                .orElseGet(() -> LabelEvent.deserializer()
                        .deserialize("labels", Utils.toArray(record.value()))
                        .source())
                .toString();
    }
}
