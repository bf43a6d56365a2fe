package io.resnetstreams.backfill;

import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.kafka.TopicReader.Visitor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Counts the committed dead letters of all processes of a run. Threading: one thread. */
public final class DeadLetterCounter implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);

    private final TopicReader reader;
    private final BackfillPlan plan;
    private long count;

    public DeadLetterCounter(KafkaClients clients, BackfillPlan plan) {
        this.plan = plan;
        this.reader = new TopicReader(clients.committedReader());
        Map<TopicPartition, Long> begins = new HashMap<>();
        clients.partitions(plan.parameters().deadLetters())
                .forEach(partition -> begins.put(partition, plan.deadLettersFrom(partition.partition())));
        reader.seek(begins);
    }

    /** Reads on for a moment, and returns the number of dead letters read so far. */
    long count() {
        reader.poll(POLL).forEach(this::take);
        return count;
    }

    /** Reads to the present end, and returns the number of dead letters. */
    public long countAll() {
        reader.readTo(reader.ends(reader.partitions()), Visitor.ofAll(this::take));
        return count;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (plan.isMarked(record.headers())) {
            count++;
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
