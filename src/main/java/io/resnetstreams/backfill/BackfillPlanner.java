package io.resnetstreams.backfill;

import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.topology.TopicCheck;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;

/**
 * Makes the plan of a run: the beginning and end of each partition, from the present topics. It writes nothing.
 *
 * <p>Threading: one thread.
 */
public final class BackfillPlanner {
    private final KafkaClients clients;
    private final long timeoutMillis;

    public BackfillPlanner(KafkaClients clients, long timeoutMillis) {
        this.clients = clients;
        this.timeoutMillis = timeoutMillis;
    }

    /**
     * Makes a plan.
     *
     * @throws IllegalArgumentException if the topics or the range are invalid, with the reason
     * @throws TimeoutException if the broker does not answer in time
     */
    public BackfillPlan plan(String run, String group, BackfillParameters parameters, long nowMillis)
            throws TimeoutException, InterruptedException {
        Boundary from = Boundary.from(parameters.from());
        Boundary to = Boundary.to(parameters.to());
        parameters.requireRange(nowMillis);
        try (Admin admin = clients.admin()) {
            int count = TopicCheck.partitions(admin, parameters.input(), timeoutMillis);
            SortedSet<Integer> chosen = new PartitionSelection(parameters.partitions()).of(parameters.input(), count);
            List<TopicPartition> partitions = chosen.stream()
                    .map(number -> new TopicPartition(parameters.input(), number))
                    .toList();
            List<Long> labelsFrom = ends(admin, parameters.output(), count);
            List<Long> deadLettersFrom = ends(admin, parameters.deadLetters(), count);
            Offsets offsets = new Offsets(
                    AdminOffsets.beginnings(admin, partitions),
                    // The events of an open transaction may be aborted, so they are not part of "now".
                    AdminOffsets.ends(admin, partitions, IsolationLevel.READ_COMMITTED),
                    times(admin, partitions, from),
                    to.kind() == Boundary.Kind.TIME && ascends(admin, parameters.input())
                            ? times(admin, partitions, to)
                            : Map.of());
            requireNotBehind(from, offsets);
            requireNoGaps(parameters, partitions, from, to, offsets);
            requireOrder(partitions, from, to, offsets);
            return new BackfillPlan(
                    run,
                    group,
                    parameters,
                    count,
                    ranges(partitions, from, to, offsets),
                    labelsFrom,
                    deadLettersFrom,
                    nowMillis);
        }
    }

    /**
     * Offsets of the partitions; partitions without an event at or after a time are missing in {@code fromTime} and {@code toTime}.
     * The first event at or after a time is always the beginning of a range. It is the end only if timestamps ascend; otherwise
     * later events may have earlier timestamps, so that the range ends at the end of the partition.
     */
    private record Offsets(
            Map<TopicPartition, Long> begin,
            Map<TopicPartition, Long> end,
            Map<TopicPartition, Long> fromTime,
            Map<TopicPartition, Long> toTime) {
        /** Returns the beginning of a range as if no event had been deleted. */
        long wanted(TopicPartition partition, Boundary from) {
            return switch (from.kind()) {
                case OFFSET -> Math.min(from.value(), end.get(partition));
                case TIME -> Math.min(fromTime.getOrDefault(partition, Long.MAX_VALUE), end.get(partition));
                default -> begin.get(partition);
            };
        }

        long to(TopicPartition partition, Boundary to) {
            return switch (to.kind()) {
                case OFFSET -> Math.min(to.value(), end.get(partition));
                case TIME -> Math.min(toTime.getOrDefault(partition, Long.MAX_VALUE), end.get(partition));
                default -> end.get(partition);
            };
        }
    }

    private List<PartitionRange> ranges(List<TopicPartition> partitions, Boundary from, Boundary to, Offsets offsets) {
        List<PartitionRange> ranges = new ArrayList<>();
        try (LastEvent lastEvent = new LastEvent(clients)) {
            for (TopicPartition partition : partitions) {
                long begin = Math.max(
                        offsets.wanted(partition, from), offsets.begin().get(partition));
                long end = Math.max(begin, offsets.to(partition, to));
                ranges.add(new PartitionRange(partition.partition(), begin, end, lastEvent.in(partition, begin, end)));
            }
        }
        return ranges;
    }

    private static void requireNotBehind(Boundary from, Offsets offsets) {
        long last =
                offsets.end().values().stream().mapToLong(Long::longValue).max().orElse(0);
        if (from.kind() == Boundary.Kind.OFFSET && from.value() > last) {
            throw new IllegalArgumentException(
                    "--from is " + from + " and no partition reaches that offset; the longest ends at " + last);
        }
    }

    /** Requires that the range begins before its end in some partition; only here can times and offsets be compared. */
    private static void requireOrder(List<TopicPartition> partitions, Boundary from, Boundary to, Offsets offsets) {
        boolean isForward = false;
        boolean isBackward = false;
        for (TopicPartition partition : partitions) {
            int order = Long.compare(offsets.wanted(partition, from), offsets.to(partition, to));
            isForward |= order < 0;
            isBackward |= order > 0;
        }
        if (isBackward && !isForward) {
            throw new IllegalArgumentException(
                    "--from is " + from + " and --to is " + to + "; the range is empty in every partition");
        }
    }

    private static void requireNoGaps(
            BackfillParameters parameters,
            List<TopicPartition> partitions,
            Boundary from,
            Boundary to,
            Offsets offsets) {
        List<String> gaps = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            long begin = offsets.begin().get(partition);
            if (from.kind() == Boundary.Kind.OFFSET && from.value() < begin) {
                long behind = to.kind() == Boundary.Kind.OFFSET ? Math.min(begin, to.value()) : begin;
                gaps.add(partition + ": offsets " + from + " to " + (behind - 1));
            } else if (from.kind() == Boundary.Kind.TIME && begin > 0 && offsets.wanted(partition, from) <= begin) {
                gaps.add(partition + ": events before offset " + begin);
            }
        }
        if (!gaps.isEmpty() && !parameters.allowGaps()) {
            throw new IllegalArgumentException("part of the range no longer exists (" + String.join("; ", gaps)
                    + "); --allow-gaps relabels the rest");
        }
    }

    /** Returns whether the broker assigns timestamps when events are appended. */
    private static boolean ascends(Admin admin, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        ConfigEntry type;
        try {
            type = Futures.await(
                            admin.describeConfigs(List.of(resource)).values().get(resource))
                    .get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
        } catch (TopicAuthorizationException e) {
            throw new TopicAuthorizationException("DescribeConfigs on topic " + topic + " is missing");
        }
        return type != null && TimestampType.LOG_APPEND_TIME.name.equals(type.value());
    }

    private static Map<TopicPartition, Long> times(Admin admin, List<TopicPartition> partitions, Boundary boundary) {
        return boundary.kind() == Boundary.Kind.TIME
                ? AdminOffsets.atTime(admin, partitions, boundary.value())
                : Map.of();
    }

    /** Returns the ends of an output's partitions, where this run's outcomes may begin; zeros if the topic does not exist. */
    private static List<Long> ends(Admin admin, String topic, int inputPartitions) {
        int count;
        try {
            count = Futures.await(admin.describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic))
                    .partitions()
                    .size();
        } catch (UnknownTopicOrPartitionException e) {
            return Collections.nCopies(inputPartitions, 0L);
        }
        if (count < inputPartitions) {
            throw new IllegalArgumentException("topic '" + topic + "' has " + count + " partitions and the input has "
                    + inputPartitions + "; at least as many are needed, since outcomes keep their event's partition");
        }
        List<TopicPartition> partitions = IntStream.range(0, count)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
        Map<TopicPartition, Long> ends = AdminOffsets.ends(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
        return partitions.stream().map(ends::get).toList();
    }
}
