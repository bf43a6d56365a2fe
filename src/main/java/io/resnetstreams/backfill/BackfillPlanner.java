package io.resnetstreams.backfill;

import io.resnetstreams.backfill.BackfillPlan.PartitionRange;
import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.topology.TopicCheck;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;

/** Makes the plan of a run from the present topics, and writes nothing. Threading: one thread. */
public final class BackfillPlanner {
    private final KafkaClients clients;

    public BackfillPlanner(KafkaClients clients) {
        this.clients = clients;
    }

    /** Makes a plan; throws {@link IllegalArgumentException} with the reason if the topics or the range are invalid. */
    public BackfillPlan plan(String run, String group, BackfillParameters parameters, long nowMillis)
            throws TimeoutException, InterruptedException {
        parameters.requireRange(nowMillis);
        try (Admin admin = clients.admin()) {
            int count = TopicCheck.partitions(
                    admin, parameters.input(), clients.connection().timeoutMillis());
            SortedSet<Integer> chosen = new PartitionSelection(parameters.partitions()).of(parameters.input(), count);
            List<TopicPartition> partitions = chosen.stream()
                    .map(number -> new TopicPartition(parameters.input(), number))
                    .toList();
            List<Long> labelsFrom = ends(admin, parameters.output(), count);
            List<Long> deadLettersFrom = ends(admin, parameters.deadLetters(), count);
            Offsets offsets = Offsets.of(admin, parameters, partitions);
            offsets.requireNotBehind();
            offsets.requireNoGaps(parameters.allowGaps());
            offsets.requireOrder();
            return new BackfillPlan(
                    run, group, parameters, count, ranges(offsets), labelsFrom, deadLettersFrom, nowMillis);
        }
    }

    private List<PartitionRange> ranges(Offsets offsets) {
        List<PartitionRange> ranges = new ArrayList<>();
        try (LastEvent lastEvent = new LastEvent(clients)) {
            offsets.begins.forEach((partition, first) -> {
                long begin = Math.max(offsets.wanted(partition), first);
                long end = Math.max(begin, offsets.wantedEnd(partition));
                ranges.add(new PartitionRange(partition.partition(), begin, end, lastEvent.in(partition, begin, end)));
            });
        }
        return ranges;
    }

    /**
     * A range and the offsets of its partitions; partitions without an event at or after a time are missing in {@code fromTime} and
     * {@code toTime}. The first event at or after a time is always the beginning of a range. It is the end only if timestamps ascend;
     * otherwise later events may have earlier timestamps, so that the range ends at the end of the partition.
     *
     * @param begins in ascending order of the partitions
     */
    private record Offsets(
            Boundary from,
            Boundary to,
            SortedMap<TopicPartition, Long> begins,
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> fromTime,
            Map<TopicPartition, Long> toTime) {
        static Offsets of(Admin admin, BackfillParameters parameters, List<TopicPartition> partitions) {
            Boundary from = Boundary.from(parameters.from());
            Boundary to = Boundary.to(parameters.to());
            SortedMap<TopicPartition, Long> begins = new TreeMap<>(Comparator.comparing(TopicPartition::partition));
            begins.putAll(AdminOffsets.beginnings(admin, partitions));
            return new Offsets(
                    from,
                    to,
                    begins,
                    // The events of an open transaction may be aborted, so they are not part of "now".
                    AdminOffsets.ends(admin, partitions, IsolationLevel.READ_COMMITTED),
                    from.kind() == Boundary.Kind.TIME ? AdminOffsets.atTime(admin, partitions, from.value()) : Map.of(),
                    to.kind() == Boundary.Kind.TIME && ascends(admin, parameters.input())
                            ? AdminOffsets.atTime(admin, partitions, to.value())
                            : Map.of());
        }

        /** Returns whether the broker assigns timestamps when events are appended. */
        private static boolean ascends(Admin admin, String topic) {
            ConfigEntry type = BackfillTopics.configurations(admin, List.of(topic))
                    .get(topic)
                    .get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
            return type != null && TimestampType.LOG_APPEND_TIME.name.equals(type.value());
        }

        /** Returns the beginning of a range as if no event had been deleted. */
        long wanted(TopicPartition partition) {
            return at(partition, from, fromTime, begins);
        }

        long wantedEnd(TopicPartition partition) {
            return at(partition, to, toTime, ends);
        }

        private long at(
                TopicPartition partition,
                Boundary boundary,
                Map<TopicPartition, Long> times,
                Map<TopicPartition, Long> others) {
            return switch (boundary.kind()) {
                case OFFSET -> Math.min(boundary.value(), ends.get(partition));
                case TIME -> Math.min(times.getOrDefault(partition, Long.MAX_VALUE), ends.get(partition));
                default -> others.get(partition);
            };
        }

        void requireNotBehind() {
            long last = ends.values().stream().max(Long::compare).orElse(0L);
            if (from.kind() == Boundary.Kind.OFFSET && from.value() > last) {
                throw new IllegalArgumentException(
                        "--from is " + from + " and no partition reaches that offset; the longest ends at " + last);
            }
        }

        void requireNoGaps(boolean allowGaps) {
            List<String> gaps = new ArrayList<>();
            begins.forEach((partition, begin) -> {
                if (from.kind() == Boundary.Kind.OFFSET && from.value() < begin) {
                    long behind = to.kind() == Boundary.Kind.OFFSET ? Math.min(begin, to.value()) : begin;
                    gaps.add(partition + ": offsets " + from + " to " + (behind - 1));
                } else if (from.kind() == Boundary.Kind.TIME && begin > 0 && wanted(partition) <= begin) {
                    gaps.add(partition + ": events before offset " + begin);
                }
            });
            if (!gaps.isEmpty() && !allowGaps) {
                throw new IllegalArgumentException("part of the range no longer exists (" + String.join("; ", gaps)
                        + "); --allow-gaps relabels the rest");
            }
        }

        /** Requires that a range begins before its end; only here can times and offsets be compared. */
        void requireOrder() {
            Set<Integer> orders = begins.keySet().stream()
                    .map(partition -> Long.signum(wanted(partition) - wantedEnd(partition)))
                    .collect(Collectors.toSet());
            if (orders.contains(1) && !orders.contains(-1)) {
                throw new IllegalArgumentException(
                        "--from is " + from + " and --to is " + to + "; the range is empty in every partition");
            }
        }
    }

    /** Returns the ends of an output's partitions, where this run's outcomes may begin; zeros if the topic does not exist. */
    private static List<Long> ends(Admin admin, String topic, int inputPartitions) {
        int count;
        try {
            count = AdminOffsets.partitions(admin, topic);
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
