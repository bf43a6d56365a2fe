package io.resnetstreams.backfill;

import io.resnetstreams.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts the dead letters of all processes of a run, as they are committed.
 *
 * <p>Threading: one thread.
 */
public final class DeadLetterCounter implements AutoCloseable {
    private static final Duration A_MOMENT = Duration.ofMillis(20);

    private final Consumer<byte[], byte[]> consumer;
    private final BackfillPlan plan;
    private long count;

    public DeadLetterCounter(KafkaClients clients, BackfillPlan plan) {
        this.plan = plan;
        this.consumer = clients.committedReader();
        List<TopicPartition> partitions = clients.partitions(plan.parameters().deadLetters());
        consumer.assign(partitions);
        partitions.forEach(partition -> consumer.seek(
                partition,
                partition.partition() < plan.deadLettersFrom().size()
                        ? plan.deadLettersFrom().get(partition.partition())
                        : 0));
    }

    /** Returns how many there are, as far as could be read within a moment. */
    long count() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(A_MOMENT)) {
            if (plan.isMarked(record.headers())) {
                count++;
            }
        }
        return count;
    }

    /** Reads to the present end and returns how many there are. */
    public long countAll() {
        consumer.endOffsets(consumer.assignment()).forEach((partition, end) -> {
            while (consumer.position(partition) < end) {
                count();
            }
        });
        return count;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
