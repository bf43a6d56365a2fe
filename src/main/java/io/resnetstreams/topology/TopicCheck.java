package io.resnetstreams.topology;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks at the topics before the pipeline starts, so that a missing or unfit one is named rather than waited for. */
public final class TopicCheck {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Duration BACKOFF = Duration.ofMillis(50);

    private TopicCheck() {}

    /**
     * Checks that all topics exist and the labels topic has at least the input's partitions.
     *
     * @return the number of input partitions
     * @throws IllegalArgumentException if a topic is missing or has too few partitions
     * @throws TimeoutException if the broker can't be reached in time
     * @throws AuthenticationException if it refuses the connection
     * @throws TopicAuthorizationException if this user may not look at a topic
     */
    public static int check(Admin admin, Topics topics, long timeoutMillis)
            throws TimeoutException, InterruptedException {
        int input = partitions(admin, topics.input(), timeoutMillis);
        for (String output : List.of(topics.labels(), topics.deadLetters())) {
            int partitions = partitions(admin, output, timeoutMillis);
            if (partitions < input) {
                throw new IllegalArgumentException(
                        "topic '" + output + "' has " + partitions + " partitions and the input '"
                                + topics.input() + "' has " + input
                                + "; at least as many are needed, since outcomes keep their event's partition");
            }
        }
        return input;
    }

    /**
     * Waits until each partition of a topic just created takes records. A producer that comes earlier, and sends several
     * batches to a partition, can be refused for ever: its second batch arrives first, and the sequence number of the first
     * is never accepted any more (Kafka 4.3).
     *
     * @throws ExecutionException if a partition has no leader in time
     */
    public static void awaitLeaders(Admin admin, String topic, int partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
                // Only a leader answers this, and the client asks again until one does.
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                // A broker that has not yet heard of the topic is not asked again.
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(BACKOFF.toMillis());
            }
        }
    }

    /** Returns how many partitions a topic has; failures as in {@link #check}. */
    public static int partitions(Admin admin, String topic, long timeoutMillis)
            throws TimeoutException, InterruptedException {
        Map<String, KafkaFuture<TopicDescription>> descriptions = admin.describeTopics(
                        List.of(topic), new DescribeTopicsOptions().timeoutMs(Math.toIntExact(timeoutMillis)))
                .topicNameValues();
        try {
            return descriptions
                    .get(topic)
                    .get(timeoutMillis, TimeUnit.MILLISECONDS)
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new IllegalArgumentException(
                        "topic '" + topic + "' does not exist; 'resnet-streams topics' creates what the pipeline needs",
                        e);
            }
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw new TimeoutException("no answer within " + timeoutMillis + " ms");
            }
            if (e.getCause() instanceof TopicAuthorizationException) {
                throw new TopicAuthorizationException(Set.of(topic));
            }
            if (e.getCause() instanceof AuthenticationException refusal) {
                throw refusal;
            }
            throw new IllegalStateException(
                    "cannot describe topic '" + topic + "': " + e.getCause().getMessage(), e);
        }
    }
}
