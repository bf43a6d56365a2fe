package io.resnetstreams.audit;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.topology.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Reads labels and dead letters as they are committed, in a separate thread, and audits them while events are still sent.
 *
 * <p>Threading: the reading thread and the callers share the state under this object's lock.
 */
public final class OutcomeFollower implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final long UNKNOWN_TIMESTAMP = -1;
    private static final long MAX_LATENCY_MILLIS = TimeUnit.HOURS.toMillis(24);

    private final TopicReader reader;
    private final Topics topics;
    private final Map<String, Integer> expectedClasses;
    private final TopicAudit audit = new TopicAudit();
    private final Set<Integer> audited = new HashSet<>();
    private final Histogram latencyMillis = new Histogram(MAX_LATENCY_MILLIS, 3);
    private final Thread thread = DaemonThreads.create("outcomes", this::follow);
    private long judged;
    private long right;
    private long lastOutcomeNanos;
    private volatile boolean draining;
    private volatile boolean closed;
    private RuntimeException failure;

    /** Takes over the consumer; outcomes are judged by the expected class index, by event id, if there is one. */
    public OutcomeFollower(
            Consumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            Topics topics,
            Map<String, Integer> expectedClasses) {
        this.reader = new TopicReader(consumer);
        this.topics = topics;
        this.expectedClasses = expectedClasses;
        reader.seekToBeginning(partitions);
        thread.start();
    }

    /** Counts and latencies at one moment. */
    public record Snapshot(
            long events,
            long outcomes,
            long labels,
            long deadLetters,
            long lost,
            long duplicates,
            long outOfOrder,
            long judged,
            long right,
            long lastOutcomeNanos,
            double p50Millis,
            double p95Millis,
            double p99Millis,
            Map<Integer, long[]> progress) {
        /** Returns the share of judged events whose most probable label is the expected one; null if none is judged. */
        public Double accuracy() {
            return judged == 0 ? null : (double) right / judged;
        }
    }

    /** Adds an event that the broker acknowledged at this position. */
    public synchronized void expect(int partition, long offset) {
        audit.event(audited(new SourcePosition(topics.input(), partition, offset, UNKNOWN_TIMESTAMP)), null);
    }

    /** Has the whole partition audited, from the first of its events or outcomes on. */
    private SourcePosition audited(SourcePosition source) {
        if (audited.add(source.partition())) {
            audit.range(source.partition(), 0, Integer.MAX_VALUE);
        }
        return source;
    }

    public synchronized Snapshot snapshot() {
        if (failure != null) {
            throw failure;
        }
        TopicAudit.Result result = audit.result(topics.input());
        long duplicates = result.duplicates() + result.both();
        return new Snapshot(
                result.events(),
                result.labels() + result.deadLetters() - duplicates,
                result.labels(),
                result.deadLetters(),
                result.lost(),
                duplicates,
                result.outOfOrder(),
                judged,
                right,
                lastOutcomeNanos,
                latencyMillis.getValueAtPercentile(50),
                latencyMillis.getValueAtPercentile(95),
                latencyMillis.getValueAtPercentile(99),
                audit.progress());
    }

    /** Reads to the present end of both topics, so that late duplicates are counted, and ends the thread. */
    public void finish() throws InterruptedException {
        draining = true;
        thread.join();
    }

    /** Ends the thread and closes the consumer, wherever it has read to. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        try (reader) {
            while (!closed && !(draining && isAtEnd())) {
                List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
                reader.poll(POLL).forEach(records::add);
                take(records);
            }
        } catch (RuntimeException e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    private boolean isAtEnd() {
        return reader.unfinished(reader.ends(reader.partitions())).isEmpty();
    }

    private void take(List<ConsumerRecord<byte[], byte[]>> records) {
        long nowMillis = System.currentTimeMillis();
        // Deserialized outside the lock, which the thread of the producer takes for each event.
        List<LabelEvent> events = records.stream().map(this::label).collect(Collectors.toList());
        synchronized (this) {
            for (int i = 0; i < records.size(); i++) {
                ConsumerRecord<byte[], byte[]> record = records.get(i);
                Optional<SourcePosition> letter =
                        isLabel(record) ? Optional.empty() : DeadLetter.sourceOf(record.headers(), record.timestamp());
                if (events.get(i) != null) {
                    takeLabel(OutcomeScan.place(record), events.get(i));
                } else if (letter.isPresent()) {
                    audit.deadLetter(
                            OutcomeScan.place(record),
                            audited(letter.get()),
                            DeadLetter.partOf(record.headers()),
                            null);
                } else {
                    // Written by another producer.
                    continue;
                }
                latencyMillis.recordValue(Math.min(MAX_LATENCY_MILLIS, Math.max(0, nowMillis - record.timestamp())));
                lastOutcomeNanos = System.nanoTime();
            }
        }
    }

    private boolean isLabel(ConsumerRecord<byte[], byte[]> record) {
        return record.topic().equals(topics.labels());
    }

    private void takeLabel(String place, LabelEvent event) {
        audit.label(place, audited(event.source()), event.origin().onePart());
        Integer expected = expectedClasses.get(event.id());
        if (expected != null) {
            judged++;
            if (event.labels().get(0).index() == expected) {
                right++;
            }
        }
    }

    /** Returns the label event of a record, or null if it has none. */
    private LabelEvent label(ConsumerRecord<byte[], byte[]> record) {
        try {
            return isLabel(record) ? LabelEvent.complete(record.topic(), record.value()) : null;
        } catch (SerializationException e) {
            return null;
        }
    }
}
