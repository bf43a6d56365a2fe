package io.resnetstreams.topology;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Pauses the partitions that either Kafka Streams or the pipeline wants paused; the pipeline pauses all of them while
 * the in-flight window is full, and one whose oldest event holds up most of the window. The stream thread keeps polling, so a slow device never gets the instance removed from
 * the group. Used by the stream thread only.
 */
final class PausingConsumer {
    private final Consumer<byte[], byte[]> consumer;
    private final Predicate<TopicPartition> pausedByPipeline;
    private final Set<TopicPartition> pausedByStreams = new HashSet<>();

    PausingConsumer(Consumer<byte[], byte[]> consumer, Predicate<TopicPartition> pausedByPipeline) {
        this.consumer = consumer;
        this.pausedByPipeline = pausedByPipeline;
    }

    void pause(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
        pausedByStreams.addAll(partitions);
    }

    void resume(Collection<TopicPartition> partitions) {
        pausedByStreams.removeAll(partitions);
        consumer.resume(partitions.stream().filter(pausedByPipeline.negate()).toList());
    }

    /** Returns the partitions that Kafka Streams has paused. */
    Set<TopicPartition> paused() {
        pausedByStreams.retainAll(consumer.assignment());
        return Set.copyOf(pausedByStreams);
    }

    void beforePoll() {
        Set<TopicPartition> assigned = consumer.assignment();
        pausedByStreams.retainAll(assigned);
        Set<TopicPartition> toPause = new HashSet<>(pausedByStreams);
        assigned.stream().filter(pausedByPipeline).forEach(toPause::add);
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
