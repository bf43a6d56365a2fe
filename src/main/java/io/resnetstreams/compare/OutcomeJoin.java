package io.resnetstreams.compare;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Joins output topics by source position (topic, partition, offset) while they are read, in bounded memory.
 *
 * <p>It relies on the way outcomes are written: all outcomes of a source partition are in one partition of an output topic, whose
 * number is the source partition's modulo the number of partitions of the topic, in source order. Topics may have different
 * numbers of partitions, and a partition may have the outcomes of several source partitions. Other outcomes are reported and left
 * out: only the first outcome of an event in a topic counts, and an outcome behind one of a later event is counted as a duplicate
 * too, since distinguishing the two would take unbounded memory.
 *
 * <p>Threading: one thread.
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
     * Settings of a join.
     *
     * @param inputs the input topics whose events are joined
     * @param maxWaitingBytes the approximate memory of outcomes that wait for the other topics; a poll of each partition is
     *     added to it
     * @param timeout how long to wait for the next record
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

    /**
     * Reads all topics to their ends.
     *
     * @throws TimeoutException if no record arrived in time; the message names the unfinished partitions
     */
    public void run() throws TimeoutException {
        int cycle = readers.values().stream()
                .mapToInt(OutcomeReader::partitions)
                .reduce(0, OutcomeJoin::greatestCommonDivisor);
        for (int remainder = 0; remainder < cycle; remainder++) {
            new PartitionGroup(readers, cycle, remainder, settings, listener).join();
        }
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
