package io.resnetstreams.backfill;

import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Some events of a plan's ranges, to estimate from: the first ones and those in the middle of each partition.
 *
 * @param meanBytes of keys and values; 0 where there is no event
 * @param share how many of them the run's selection takes; 1 where there is no event
 */
public record EventSample(List<RawEvent> events, double meanBytes, double share) {
    private static final int EVENTS = 256;
    private static final int PLACES = 2;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    public EventSample {
        events = List.copyOf(events);
    }

    /** Reads it; {@code events} has those that the selection takes. */
    public static EventSample read(BackfillClients clients, BackfillPlan plan) {
        List<RawEvent> all = new ArrayList<>();
        List<PartitionRange> ranges =
                plan.partitions().stream().filter(range -> range.offsets() > 0).toList();
        int each = Math.max(1, EVENTS / PLACES / Math.max(1, ranges.size()));
        try (Consumer<byte[], byte[]> consumer = clients.committedReader()) {
            for (PartitionRange range : ranges.subList(0, Math.min(EVENTS, ranges.size()))) {
                long middle = range.from() + range.offsets() / PLACES;
                read(consumer, plan, range, range.from(), middle, each, all);
                read(consumer, plan, range, middle, range.end(), each, all);
            }
        }
        List<RawEvent> taken = all.stream()
                .filter(event -> plan.parameters().selection().takes(event.source(), event.headers()))
                .toList();
        double bytes = all.stream().mapToLong(RawEvent::sizeInBytes).average().orElse(0);
        return new EventSample(taken, bytes, all.isEmpty() ? 1 : (double) taken.size() / all.size());
    }

    private static void read(
            Consumer<byte[], byte[]> consumer,
            BackfillPlan plan,
            PartitionRange range,
            long begin,
            long end,
            int most,
            List<RawEvent> events) {
        TopicPartition partition = new TopicPartition(plan.parameters().input(), range.partition());
        consumer.assign(List.of(partition));
        consumer.seek(partition, begin);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        int left = most;
        while (left > 0 && consumer.position(partition) < end && System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (left > 0 && record.offset() < end) {
                    events.add(event(record));
                    left--;
                }
            }
        }
    }

    private static RawEvent event(ConsumerRecord<byte[], byte[]> record) {
        return new RawEvent(
                new SourcePosition(record.topic(), record.partition(), record.offset(), record.timestamp()),
                record.key(),
                record.value(),
                record.headers());
    }
}
