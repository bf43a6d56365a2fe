package io.resnetstreams.backfill;

import io.resnetstreams.backfill.BackfillPlan.PartitionRange;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.kafka.TopicReader.Visitor;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds the last committed event of a range. Offsets do not tell: transaction markers, aborted transactions, and records that
 * compaction removed take offsets too. So it reads from the end backwards, in steps that double. Threading: one thread.
 */
final class LastEvent implements AutoCloseable {
    private static final long FIRST_STEP = 64;

    private final TopicReader reader;

    LastEvent(KafkaClients clients) {
        this.reader = new TopicReader(clients.committedReader());
    }

    /**
     * Returns the offset of the last event in a range, which ends at or before the partition's last stable offset, or {@link
     * PartitionRange#NONE}; throws {@link UserErrorException} if no record arrives for a minute.
     */
    long in(TopicPartition partition, long from, long to) {
        long end = to;
        for (long step = FIRST_STEP; end > from; step *= 2) {
            long begin = Math.max(from, end - step);
            long[] last = {PartitionRange.NONE};
            reader.seek(Map.of(partition, begin));
            reader.readTo(Map.of(partition, end), Visitor.ofAll(record -> last[0] = record.offset()));
            if (last[0] != PartitionRange.NONE) {
                return last[0];
            }
            end = begin;
        }
        return PartitionRange.NONE;
    }

    @Override
    public void close() {
        reader.close();
    }
}
