package io.resnetstreams.backfill;

import io.resnetstreams.backfill.BackfillPlan.PartitionRange;
import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.KafkaClients;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** The progress of a run: an event is done when the offset behind it is committed. Threading: one thread. */
public final class GroupProgress implements AutoCloseable {
    private final KafkaClients clients;
    private final BackfillPlan plan;
    private final Admin admin;
    /** The ends by partition, which are lowered if compaction removes the last event after the run was planned. */
    private final Map<Integer, Long> ends = new HashMap<>();

    public GroupProgress(KafkaClients clients, BackfillPlan plan) {
        this.clients = clients;
        this.plan = plan;
        this.admin = clients.admin();
        plan.partitions().forEach(range -> ends.put(range.partition(), range.end()));
    }

    /** Committed offsets of all, partitions done of all, and partitions without a committed offset, at one moment. */
    public record Progress(long done, long total, int partitionsDone, int partitions, int missing) {
        /** Returns whether all events have an outcome. */
        public boolean isComplete() {
            return partitionsDone == partitions;
        }
    }

    /** Queries the broker. */
    public Progress read() {
        Map<Integer, Long> committed = committed();
        long done = 0;
        int partitionsDone = 0;
        int missing = 0;
        for (PartitionRange range : plan.partitions()) {
            Long offset = committed.get(range.partition());
            boolean isDone = range.offsets() == 0 || (offset != null && offset >= ends.get(range.partition()));
            missing += offset == null ? 1 : 0;
            partitionsDone += isDone ? 1 : 0;
            done += isDone ? range.offsets() : offset == null ? 0 : range.done(offset);
        }
        return new Progress(
                done, plan.offsets(), partitionsDone, plan.partitions().size(), missing);
    }

    /**
     * Looks up the last event of each unfinished partition again: if compaction has removed it, no commit would ever reach it.
     * Events that were deleted before they were consumed count as done only if the run allows gaps.
     */
    public void lookAgain() {
        Map<Integer, Long> committed = committed();
        Map<TopicPartition, Long> beginnings = AdminOffsets.beginnings(
                admin, plan.partitions().stream().map(this::input).toList());
        try (LastEvent lastEvent = new LastEvent(clients)) {
            for (PartitionRange range : plan.partitions()) {
                long from = committed.getOrDefault(range.partition(), range.from());
                TopicPartition partition = input(range);
                boolean hasGap =
                        beginnings.get(partition) > from && !plan.parameters().allowGaps();
                if (from < ends.get(range.partition()) && !hasGap) {
                    long last = lastEvent.in(partition, from, ends.get(range.partition()));
                    ends.put(range.partition(), last == PartitionRange.NONE ? from : last + 1);
                }
            }
        }
    }

    private TopicPartition input(PartitionRange range) {
        return new TopicPartition(plan.parameters().input(), range.partition());
    }

    /** Returns the present number of partitions of the input. */
    public int inputPartitions() {
        return AdminOffsets.partitions(admin, plan.parameters().input());
    }

    private Map<Integer, Long> committed() {
        Map<Integer, Long> committed = new HashMap<>();
        AdminOffsets.committed(admin, plan.group()).forEach((partition, offset) -> {
            if (partition.topic().equals(plan.parameters().input())) {
                committed.put(partition.partition(), offset);
            }
        });
        return committed;
    }

    @Override
    public void close() {
        admin.close();
    }
}
