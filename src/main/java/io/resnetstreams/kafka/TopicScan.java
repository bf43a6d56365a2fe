package io.resnetstreams.kafka;

import io.resnetstreams.common.UserErrorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic, or ranges of it, to the end it has now, committed records alone. */
public final class TopicScan {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final KafkaClients clients;

    public TopicScan(KafkaClients clients) {
        this.clients = clients;
    }

    /** Takes a record; false ends the scan. */
    @FunctionalInterface
    public interface Visitor {
        boolean visit(ConsumerRecord<byte[], byte[]> record);

        /** Returns one that takes all records. */
        static Visitor ofAll(java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> each) {
            return record -> {
                each.accept(record);
                return true;
            };
        }
    }

    /** The offsets that a partition has at one moment, the end excluded. */
    public record Range(long begin, long end) {}

    /** Returns each partition's range. */
    public Map<TopicPartition, Range> ranges(String topic) {
        List<TopicPartition> partitions = clients.partitions(topic);
        try (Consumer<byte[], byte[]> consumer = clients.committedReader()) {
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Range> ranges = new HashMap<>();
            consumer.endOffsets(partitions)
                    .forEach((partition, end) -> ranges.put(partition, new Range(begins.get(partition), end)));
            return ranges;
        }
    }

    /** Reads a topic to its present end. */
    public void scan(String topic, Visitor visitor) {
        scan(topic, ranges(topic), visitor);
    }

    /** Reads all partitions side by side, each in its order. Where nothing comes for a minute, that is an error. */
    public void scan(String topic, Map<TopicPartition, Range> ranges, Visitor visitor) {
        List<TopicPartition> partitions = List.copyOf(ranges.keySet());
        try (Consumer<byte[], byte[]> consumer = clients.committedReader()) {
            consumer.assign(partitions);
            ranges.forEach((partition, range) -> consumer.seek(partition, range.begin()));
            List<TopicPartition> unfinished = new ArrayList<>(partitions);
            long lastProgress = System.nanoTime();
            while (true) {
                unfinished.removeIf(partition ->
                        consumer.position(partition) >= ranges.get(partition).end());
                if (unfinished.isEmpty()) {
                    return;
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    lastProgress = System.nanoTime();
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    if (record.offset() < ranges.get(partition).end() && !visitor.visit(record)) {
                        return;
                    }
                }
                if (System.nanoTime() - lastProgress > PATIENCE_NANOS) {
                    throw UserErrorException.shortfall(
                            topic + ": nothing came for 60 s, and these partitions are not read to their end: "
                                    + unfinished,
                            null);
                }
            }
        }
    }
}
