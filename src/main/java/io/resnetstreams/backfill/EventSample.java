package io.resnetstreams.backfill;

import io.resnetstreams.audit.OutcomeScan;
import io.resnetstreams.backfill.BackfillPlan.PartitionRange;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.kafka.TopicReader.End;
import io.resnetstreams.topology.EventClassifier;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A sample of the events of a plan, for estimates: the first events of up to 16 parts of each partition's range; at most 256, and
 * as many as fit into an eighth of the heap. A small range is read completely.
 *
 * @param events those that the run selects
 * @param bytesPerOffset the mean bytes of keys, values and headers; transaction markers and aborted records have offsets too
 * @param eventsPerOffset the mean number of selected events; 0 if there is no event
 */
public record EventSample(List<RawEvent> events, double bytesPerOffset, double eventsPerOffset) {
    private static final int EVENTS = 256;
    private static final int MAX_PARTS = 16;
    private static final int HEAP_SHARE = 8;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration MEASURE = Duration.ofSeconds(3);
    private static final int IN_FLIGHT = 512;

    public EventSample {
        events = List.copyOf(events);
    }

    /** Reads a sample. */
    public static EventSample read(KafkaClients clients, BackfillPlan plan) {
        List<PartitionRange> ranges = plan.partitions().stream()
                .filter(range -> range.offsets() > 0)
                .limit(EVENTS)
                .toList();
        int parts = Math.max(1, Math.min(MAX_PARTS, EVENTS / Math.max(1, ranges.size())));
        int places = parts * Math.max(1, ranges.size());
        Reading reading = new Reading(
                plan, Math.max(1, EVENTS / places), Runtime.getRuntime().maxMemory() / HEAP_SHARE / places);
        try (TopicReader reader = new TopicReader(clients.committedReader(), TIMEOUT)) {
            for (PartitionRange range : ranges) {
                for (int part = 0; part < parts; part++) {
                    reading.read(reader, range.partition(), place(range, part, parts), place(range, part + 1, parts));
                }
            }
        }
        return reading.sample();
    }

    private static long place(PartitionRange range, int part, int parts) {
        return range.from() + range.offsets() * part / parts;
    }

    /** The events read so far: from each place, until a number of events or bytes is reached. */
    private static final class Reading implements TopicReader.Visitor {
        private final BackfillPlan plan;
        private final int maxEvents;
        private final long maxBytes;
        private final List<RawEvent> taken = new ArrayList<>();
        private long bytes;
        private long offsets;
        private int eventsHere;
        private long bytesHere;
        private long next;

        Reading(BackfillPlan plan, int maxEvents, long maxBytes) {
            this.plan = plan;
            this.maxEvents = maxEvents;
            this.maxBytes = maxBytes;
        }

        void read(TopicReader reader, int number, long begin, long end) {
            TopicPartition partition = new TopicPartition(plan.parameters().input(), number);
            eventsHere = 0;
            bytesHere = 0;
            reader.seek(Map.of(partition, begin));
            End ended = reader.read(Map.of(partition, end), this);
            // The position is behind all records of the last poll, and behind offsets without a record.
            offsets += (ended == End.STOPPED ? next : Math.min(end, reader.position(partition))) - begin;
            bytes += bytesHere;
        }

        @Override
        public boolean visit(ConsumerRecord<byte[], byte[]> record) {
            RawEvent event = new RawEvent(OutcomeScan.position(record), record.key(), record.value(), record.headers());
            eventsHere++;
            bytesHere += event.sizeInBytes();
            next = record.offset() + 1;
            if (plan.parameters().selection().takes(event.source(), event.headers())) {
                taken.add(event);
            }
            return eventsHere < maxEvents && bytesHere < maxBytes;
        }

        EventSample sample() {
            double all = Math.max(1, offsets);
            return new EventSample(taken, bytes / all, taken.size() / all);
        }
    }

    /** Measures for about four seconds how fast this machine classifies these events, at least one, without Kafka. */
    public double eventsPerSecond(EventClassifier classifier) {
        classify(classifier, WARM_UP);
        return classify(classifier, MEASURE);
    }

    private double classify(EventClassifier classifier, Duration time) {
        ArrayDeque<CompletableFuture<Outcome>> inFlight = new ArrayDeque<>();
        long start = System.nanoTime();
        long begun = 0;
        long done = 0;
        while (System.nanoTime() - start < time.toNanos()) {
            while (inFlight.size() < IN_FLIGHT) {
                inFlight.add(classifier.classify(events.get((int) (begun++ % events.size()))));
            }
            classifier.startQueued();
            inFlight.removeFirst().join();
            done++;
        }
        double rate = done * 1e9 / (System.nanoTime() - start);
        inFlight.forEach(outcome -> outcome.cancel(false));
        return rate;
    }
}
