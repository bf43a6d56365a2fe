package io.resnetstreams.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Present offsets of partitions and groups, and numbers of partitions. */
public final class AdminOffsets {
    private AdminOffsets() {}

    /** Returns the number of partitions of a topic. */
    public static int partitions(Admin admin, String topic) {
        return Futures.await(
                        admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
                .partitions()
                .size();
    }

    /** Returns the first offset of each partition. */
    public static Map<TopicPartition, Long> beginnings(Admin admin, Collection<TopicPartition> partitions) {
        return list(admin, partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
    }

    /** Returns each partition's end; with {@code READ_COMMITTED} that is before its first open transaction. */
    public static Map<TopicPartition, Long> ends(
            Admin admin, Collection<TopicPartition> partitions, IsolationLevel isolation) {
        return list(admin, partitions, OffsetSpec.latest(), isolation);
    }

    /** Returns the first offset of each partition whose timestamp is not earlier; a partition without one is left out. */
    public static Map<TopicPartition, Long> atTime(Admin admin, Collection<TopicPartition> partitions, long millis) {
        Map<TopicPartition, Long> offsets =
                list(admin, partitions, OffsetSpec.forTimestamp(millis), IsolationLevel.READ_COMMITTED);
        // The broker answers -1 if there is no such offset.
        offsets.values().removeIf(offset -> offset < 0);
        return offsets;
    }

    /** Returns the committed offsets of a group; none if there is no such group. */
    public static Map<TopicPartition, Long> committed(Admin admin, String group) {
        Map<TopicPartition, Long> committed = new HashMap<>();
        Futures.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition, offset.offset());
                    }
                });
        return committed;
    }

    private static Map<TopicPartition, Long> list(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Futures.await(admin.listOffsets(wanted, new ListOffsetsOptions(isolation))
                        .all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }
}
