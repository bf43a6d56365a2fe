package io.resnetstreams.topology;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses where a consumer continues when its position does not exist on the broker. Kafka's own reset logs nothing
 * above INFO; with {@code auto.offset.reset=none} the consumer throws an exception instead. Used by the stream thread
 * only.
 */
final class InputPositions {
    private static final Logger LOG = LoggerFactory.getLogger(InputPositions.class);

    private final Consumer<byte[], byte[]> consumer;
    private final Policy policy;
    private final Predicate<TopicPartition> isAnyInFlight;
    private final TopologyMetrics metrics;

    /** Where to start in a partition for which the group has no committed offset. */
    enum Start {
        /** At its beginning. */
        BEGINNING,
        /** At its beginning, if the group has no committed offset at all or nothing was deleted from the partition. */
        FIRST_TIME,
        /** Nowhere: a committed offset is required. */
        NEVER
    }

    record Policy(OnGap onGap, Start start) {}

    InputPositions(
            Consumer<byte[], byte[]> consumer,
            Policy policy,
            Predicate<TopicPartition> isAnyInFlight,
            TopologyMetrics metrics) {
        this.consumer = consumer;
        this.policy = policy;
        this.isAnyInFlight = isAnyInFlight;
        this.metrics = metrics;
    }

    /** Polls; if a position does not exist, chooses another one and returns no records, or throws InputGapException. */
    ConsumerRecords<byte[], byte[]> poll(Supplier<ConsumerRecords<byte[], byte[]>> poll) {
        try {
            return poll.get();
        } catch (NoOffsetForPartitionException e) {
            handleNoOffset(e);
        } catch (OffsetOutOfRangeException e) {
            handleOutOfRange(e);
        }
        return ConsumerRecords.empty();
    }

    private void handleNoOffset(NoOffsetForPartitionException failure) {
        Set<TopicPartition> partitions = failure.partitions();
        if (policy.start() == Start.NEVER) {
            throw failure;
        } else if (policy.start() == Start.FIRST_TIME) {
            requireFirstStart(partitions);
        }
        LOG.info("The group has no committed offset for {}; they are read from the beginning", names(partitions));
        consumer.seekToBeginning(partitions);
    }

    private void requireFirstStart(Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Set<TopicPartition> trimmed = partitions.stream()
                .filter(partition -> beginnings.get(partition) > 0)
                .collect(Collectors.toSet());
        if (trimmed.isEmpty()) {
            return;
        }
        String topic = trimmed.iterator().next().topic();
        Set<TopicPartition> all = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .collect(Collectors.toSet());
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(all);
        if (committed.values().stream().anyMatch(Objects::nonNull)) {
            throw new InputGapException(
                    "the group has no committed offset for " + names(trimmed)
                            + " and has some for other partitions, so it may have lost them",
                    "; with kafka.auto.offset.reset=none the instance stops; set the offsets with 'kafka-consumer-groups.sh"
                            + " --reset-offsets'");
        }
    }

    private void handleOutOfRange(OffsetOutOfRangeException failure) {
        Set<TopicPartition> partitions = failure.partitions();
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        failure.offsetOutOfRangePartitions()
                .forEach((partition, position) ->
                        chooseNext(failure, partition, position, beginnings.get(partition), ends.get(partition)));
    }

    private void chooseNext(
            OffsetOutOfRangeException failure, TopicPartition partition, long position, long begin, long end) {
        if (position < begin) {
            reportGap(
                    partition,
                    "offsets " + position + " to " + (begin - 1) + " of " + partition
                            + " were deleted before they were processed (retention, or a deletion of records): "
                            + (begin - position) + " at most are lost",
                    begin - position);
            consumer.seek(partition, begin);
            return;
        }
        long next = failure instanceof LogTruncationException truncation
                        && truncation.divergentOffsets().containsKey(partition)
                ? truncation.divergentOffsets().get(partition).offset()
                : position > end ? begin : position;
        if (next < position && isAnyInFlight.test(partition)) {
            // The events in flight have higher offsets than the new position, so they are completed first.
            return;
        }
        if (next < position) {
            reportGap(
                    partition,
                    "position " + position + " of " + partition + " is no longer on the topic, which ends at " + end
                            + " (the topic was created anew, or its leader lost records): it is read again from "
                            + next,
                    0);
        }
        consumer.seek(partition, next);
    }

    private void reportGap(TopicPartition partition, String what, long events) {
        metrics.gap(partition, events);
        if (policy.onGap() == OnGap.STOP) {
            throw new InputGapException(what, "; with input.onGap=warn the instance continues");
        }
        LOG.warn("Gap in the input: {}", what);
    }

    private static String names(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::toString).sorted().collect(Collectors.joining(", "));
    }
}
