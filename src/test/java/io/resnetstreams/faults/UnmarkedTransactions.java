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
 * What Kafka's broker can lose or double where it is killed during a transaction (4.3.1, KAFKA-20734): coming back, it takes
 * partitions that have no leader yet for deleted, skips their markers and calls the transaction complete. Its records stay
 * open, and fare as the producer's next transaction on that partition does: of one that was committed they are gone if that
 * is aborted, of one that was aborted they are there for good, a second time, if that is committed.
 *
 * <p>It is seen in the log itself: a producer's epoch rises with each transaction, and between two epochs there is a marker.
 */
final class UnmarkedTransactions {
    private final Set<String> events = new HashSet<>();

    private UnmarkedTransactions() {}

    /** A transaction of one producer on one partition, with the events whose outcomes are in it. */
    private record Open(short epoch, List<String> events) {}

    /**
     * Returns the events whose outcomes are in such transactions, as {@code check} writes their positions.
     *
     * @param data the broker's directory
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
