package io.resnetstreams.compare;

import io.resnetstreams.compare.SourceMerge.ReadPartition;
import io.resnetstreams.kafka.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Joins output topics by source position (topic, partition, offset) while they are read, in bounded memory.
 *
 * <p>It relies on the way outcomes are written: all outcomes of a source partition are in one partition of an output topic,
 * whose number is the source partition's modulo the number of partitions of the topic, in source order. Topics may have
 * different numbers of partitions, and a partition may have the outcomes of several source partitions. Other outcomes are
 * reported and left out: only the first outcome of an event in a topic counts, and an outcome behind one of a later event is
 * counted as a duplicate too, since distinguishing the two would take unbounded memory. Threading: one thread.
 */
public final class OutcomeJoin {
    private final Map<OutcomeStream, OutcomeReader> readers;
    private final Settings settings;
    private final Listener listener;

    /** Joins the topics of these readers, without closing them; readers of dead letters may be missing. */
    public OutcomeJoin(Map<OutcomeStream, ? extends OutcomeReader> readers, Settings settings, Listener listener) {
        this.readers = new EnumMap<>(readers);
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * The input topics whose events are joined; the approximate memory of waiting outcomes, to which a poll of each partition is
     * added; and how long to wait for the next record.
     */
    public record Settings(Predicate<String> inputs, long maxWaitingBytes, Duration timeout) {}

    /** Receives the outcomes. */
    public interface Listener {
        /** Receives all outcomes of one event; the events of a source partition come in offset order. */
        void outcomes(Map<OutcomeStream, SourceOutcome> outcomes);

        /** Counts outcomes that were read after one of the same event or of a later one. */
        void duplicates(OutcomeStream stream, long count);

        /** Counts an outcome in a partition other than the one of its source partition. */
        void misplaced(OutcomeStream stream);

        /** Receives each record once: an outcome of an event of the inputs, or a malformed record. */
        void read(OutcomeStream stream, OutcomeReader.Item item);
    }

    /** Reads all topics to their ends; the message of the exception names the unfinished partitions. */
    public void run() throws TimeoutException {
        int cycle = readers.values().stream()
                .mapToInt(OutcomeReader::partitions)
                .reduce(0, OutcomeJoin::greatestCommonDivisor);
        for (int remainder = 0; remainder < cycle; remainder++) {
            new PartitionGroup(cycle, remainder).join();
        }
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /**
     * Joins the partitions of the output topics that have the same source partitions. The memory of outcomes that wait for the
     * other topics is bounded: a partition that is far ahead is paused. If all are paused, each ahead with another source
     * partition, the source partition with the most waiting bytes is postponed to another pass. Each pass finishes at least one
     * source partition, since a single one never waits for itself.
     */
    private final class PartitionGroup {
        private final Map<OutcomeStream, Map<Integer, ReadPartition>> partitions = new EnumMap<>(OutcomeStream.class);
        private final long maxWaitingBytes;

        /** The source partitions of this pass, and those of the next one; the first pass finds them while it reads. */
        private Map<TopicPartition, SourceMerge> active = new HashMap<>();

        private Map<TopicPartition, SourceMerge> postponed = new HashMap<>();
        private boolean isFirstPass = true;

        /** Joins the partitions whose number modulo {@code cycle} is the remainder. */
        PartitionGroup(int cycle, int remainder) {
            readers.forEach((stream, reader) -> {
                Map<Integer, ReadPartition> own = new TreeMap<>();
                for (int number = remainder; number < reader.partitions(); number += cycle) {
                    own.put(number, new ReadPartition(reader, number));
                }
                partitions.put(stream, own);
            });
            int count = partitions.values().stream().mapToInt(Map::size).sum();
            this.maxWaitingBytes = Math.max(1, settings.maxWaitingBytes() / count);
        }

        void join() throws TimeoutException {
            Map<OutcomeStream, Map<Integer, Long>> offsets = new EnumMap<>(OutcomeStream.class);
            partitions.forEach((stream, own) -> offsets.put(
                    stream, own.keySet().stream().collect(Collectors.toMap(number -> number, number -> 0L))));
            pass(offsets);
            isFirstPass = false;
            while (!postponed.isEmpty()) {
                active = postponed;
                postponed = new HashMap<>();
                Map<OutcomeStream, Map<Integer, Long>> resumed = new EnumMap<>(OutcomeStream.class);
                active.values().forEach(merge -> merge.resumeOffsets(resumed));
                pass(resumed);
            }
        }

        /** Reads the partitions from these offsets to their ends. */
        private void pass(Map<OutcomeStream, Map<Integer, Long>> offsets) throws TimeoutException {
            List<ReadPartition> open = new ArrayList<>();
            offsets.forEach((stream, own) -> {
                readers.get(stream).open(own);
                own.forEach((number, offset) -> {
                    ReadPartition partition = partitions.get(stream).get(number);
                    partition.readTo = offset;
                    open.add(partition);
                });
            });
            long lastProgress = System.nanoTime();
            List<ReadPartition> unfinished = unfinished(open);
            while (!unfinished.isEmpty()) {
                if (unfinished.stream().noneMatch(this::isReadable)) {
                    postponeLargest();
                } else if (read(Set.copyOf(unfinished))) {
                    lastProgress = System.nanoTime();
                } else if (System.nanoTime() - lastProgress > settings.timeout().toNanos()) {
                    throw new TimeoutException(TopicReader.timeoutMessage(settings.timeout(), unfinished));
                }
                active.values().forEach(merge -> merge.drain(listener));
                unfinished = unfinished(open);
            }
            active.values().forEach(merge -> merge.drain(listener));
        }

        private static List<ReadPartition> unfinished(List<ReadPartition> open) {
            return open.stream().filter(partition -> !partition.isAtEnd()).toList();
        }

        private boolean isReadable(ReadPartition partition) {
            return partition.waitingBytes < maxWaitingBytes;
        }

        /** Polls the partitions that are not too far ahead, and returns whether a record arrived. */
        private boolean read(Set<ReadPartition> unfinished) {
            boolean arrived = false;
            for (Map.Entry<OutcomeStream, Map<Integer, ReadPartition>> topic : partitions.entrySet()) {
                Set<Integer> readable = topic.getValue().values().stream()
                        .filter(unfinished::contains)
                        .filter(this::isReadable)
                        .map(partition -> partition.number)
                        .collect(Collectors.toSet());
                if (!readable.isEmpty()) {
                    List<OutcomeReader.Item> items = readers.get(topic.getKey()).poll(readable);
                    items.forEach(item -> take(topic.getKey(), item));
                    arrived |= !items.isEmpty();
                }
            }
            return arrived;
        }

        private void take(OutcomeStream stream, OutcomeReader.Item item) {
            partitions.get(stream).get(item.partition()).readTo = item.offset() + 1;
            SourceOutcome outcome = item.outcome();
            if (outcome != null && !settings.inputs().test(outcome.source().topic())) {
                return;
            }
            if (isFirstPass) {
                listener.read(stream, item);
            }
            if (outcome == null) {
                return;
            }
            if (item.partition() != place(outcome.source(), stream)) {
                if (isFirstPass) {
                    listener.misplaced(stream);
                }
                return;
            }
            SourceMerge merge = isFirstPass && !postponed.containsKey(outcome.source())
                    ? active.computeIfAbsent(outcome.source(), this::merge)
                    : active.get(outcome.source());
            if (merge != null) {
                merge.add(stream, outcome, item.offset(), listener);
            }
        }

        /** Returns the partition of a topic that has the outcomes of a source partition. */
        private int place(TopicPartition source, OutcomeStream stream) {
            return source.partition() % readers.get(stream).partitions();
        }

        private SourceMerge merge(TopicPartition source) {
            Map<OutcomeStream, ReadPartition> places = new EnumMap<>(OutcomeStream.class);
            readers.keySet()
                    .forEach(stream -> places.put(stream, partitions.get(stream).get(place(source, stream))));
            return new SourceMerge(places);
        }

        private void postponeLargest() {
            TopicPartition largest = active.entrySet().stream()
                    .max(Comparator.comparingLong(entry -> entry.getValue().waitingBytes()))
                    .orElseThrow()
                    .getKey();
            SourceMerge merge = active.remove(largest);
            merge.postpone();
            postponed.put(largest, merge);
        }
    }
}
