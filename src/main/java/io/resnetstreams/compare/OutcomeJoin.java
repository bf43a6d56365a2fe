package io.resnetstreams.compare;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Joins output topics by source position (topic, partition, offset) while they are read, in bounded memory.
 *
 * <p>It rests on how outcomes are written: those of a source partition all stand in one partition of an output topic, the
 * one whose number is the source partition's modulo the topic's partitions, in source order. Topics with different
 * numbers of partitions, and several source partitions in one partition, are joined as well. What is not written so is
 * reported and left out: of several outcomes of an event in a topic the first counts, and one that comes after that of a
 * later event of its source partition is taken as a repetition too, since telling the two apart would take unbounded
 * memory.
 *
 * <p>Threading: one thread.
 */
public final class OutcomeJoin {
    private final Map<OutcomeStream, OutcomeReader> readers;
    private final Settings settings;
    private final Listener listener;

    /** The topics are told by their readers, which are not closed; those of dead letters may be missing. */
    public OutcomeJoin(Map<OutcomeStream, ? extends OutcomeReader> readers, Settings settings, Listener listener) {
        this.readers = new EnumMap<>(readers);
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * How to join.
     *
     * @param inputs the input topics whose events are joined
     * @param mostWaitingBytes about how much memory the outcomes may take that wait for the other topics; a poll of each
     *     partition comes on top
     * @param patience how long to wait for the next record
     */
    public record Settings(Predicate<String> inputs, long mostWaitingBytes, Duration patience) {}

    /** Is told what is found. */
    public interface Listener {
        /** All that the topics say of one event; the events of a source partition come in their order. */
        void outcomes(Map<OutcomeStream, SourceOutcome> outcomes);

        /** So many outcomes came when those of later events, or of the same event, were there already. */
        void repeated(OutcomeStream stream, long count);

        /** An outcome stands in another partition than all of its source partition. */
        void misplaced(OutcomeStream stream);

        /** A record was read: an outcome of one of the inputs' events, or what can't be read. Each is told once. */
        void read(OutcomeStream stream, OutcomeReader.Item item);
    }

    /**
     * Reads all topics to their ends.
     *
     * @throws TimeoutException if nothing came for too long; the message names the partitions that are not finished
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
