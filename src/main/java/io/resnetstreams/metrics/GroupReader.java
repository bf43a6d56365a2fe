package io.resnetstreams.metrics;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Reads the offsets and members of a group from the broker. */
final class GroupReader {
    /** Separates the name of the process from the number of the thread in a client id of Kafka Streams. */
    private static final String THREAD = "-StreamThread-";

    /**
     * The offsets of the group on the topic, at one moment.
     *
     * @param ends the offset after the last readable record, by partition
     * @param committed the offset of the first record that the group has not committed, by partition
     * @param instances names of the processes of the members
     */
    record Offsets(Map<Integer, Long> ends, Map<Integer, Long> committed, Set<String> instances) {
        /** Returns the number of offsets between the committed offset and the end. */
        long uncommitted(int partition) {
            return Math.max(0, ends.get(partition) - committed.get(partition));
        }
    }

    private final Admin admin;
    private final String group;
    private final String topic;

    GroupReader(Admin admin, String group, String topic) {
        this.admin = admin;
        this.group = group;
        this.topic = topic;
    }

    /**
     * Reads the offsets of all partitions, and the members. If a partition has no committed offset, or one before its first
     * record, its first record counts as the next one to process.
     *
     * @throws TimeoutException if the broker does not respond in time
     */
    Offsets read(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
        long deadline = System.nanoTime() + timeout.toNanos();
        int count = get(admin.describeTopics(List.of(topic)).topicNameValues().get(topic), deadline)
                .partitions()
                .size();
        List<TopicPartition> partitions = IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        // Committed offsets are read first: end offsets read later are greater, so a lag is never negative.
        KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> committed =
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata();
        KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> firsts = offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, OffsetAndMetadata> commits = get(committed, deadline);
        KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> ends = offsets(partitions, OffsetSpec.latest());
        Map<Integer, Long> from = new HashMap<>();
        get(firsts, deadline).forEach((partition, first) -> {
            OffsetAndMetadata commit = commits.get(partition);
            from.put(
                    partition.partition(), commit == null ? first.offset() : Math.max(first.offset(), commit.offset()));
        });
        Map<Integer, Long> to = new HashMap<>();
        get(ends, deadline).forEach((partition, end) -> to.put(partition.partition(), end.offset()));
        return new Offsets(to, from, instances(deadline));
    }

    private KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> offsets(
            List<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> wanted =
                partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> which));
        // The group reads up to the first open transaction.
        return admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all();
    }

    private Set<String> instances(long deadline) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            KafkaFuture<ConsumerGroupDescription> description = admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group);
            return get(description, deadline).members().stream()
                    .map(member -> process(member.clientId()))
                    .collect(Collectors.toSet());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                // No member has joined yet.
                return Set.of();
            }
            throw e;
        }
    }

    private static String process(String clientId) {
        int thread = clientId.lastIndexOf(THREAD);
        return thread < 0 ? clientId : clientId.substring(0, thread);
    }

    private static <T> T get(KafkaFuture<T> answer, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
}
