package io.resnetstreams.topology;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps two wishes apart: which partitions Kafka Streams wants paused, and which the pipeline holds, all of them while the
 * in-flight window is full. Before each poll the consumer gets their union. So the stream thread always polls, and a stalled
 * device costs no eviction and no rebalance.
 *
 * <p>Threading: the stream thread alone.
 */
final class PausingConsumer {
    private final Consumer<byte[], byte[]> consumer;
    private final Predicate<TopicPartition> held;
    private final Set<TopicPartition> pausedByStreams = new HashSet<>();

    PausingConsumer(Consumer<byte[], byte[]> consumer, Predicate<TopicPartition> held) {
        this.consumer = consumer;
        this.held = held;
    }

    void pause(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
        pausedByStreams.addAll(partitions);
    }

    void resume(Collection<TopicPartition> partitions) {
        pausedByStreams.removeAll(partitions);
        consumer.resume(partitions.stream().filter(held.negate()).toList());
    }

    /** Returns what Kafka Streams knows to be paused. */
    Set<TopicPartition> paused() {
        pausedByStreams.retainAll(consumer.assignment());
        return Set.copyOf(pausedByStreams);
    }

    /** Pauses and resumes so that the next poll fetches what is wanted. */
    void beforePoll() {
        Set<TopicPartition> assigned = consumer.assignment();
        pausedByStreams.retainAll(assigned);
        Set<TopicPartition> toPause = new HashSet<>(pausedByStreams);
        assigned.stream().filter(held).forEach(toPause::add);
        Set<TopicPartition> toResume = new HashSet<>(consumer.paused());
        toResume.removeAll(toPause);
        toPause.removeAll(consumer.paused());
        if (!toPause.isEmpty()) {
            consumer.pause(toPause);
        }
        if (!toResume.isEmpty()) {
            consumer.resume(toResume);
        }
    }
}
