package io.resnetstreams.backfill;

import io.resnetstreams.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Chooses one of a run's processes, through Kafka's group protocol: all are members of a group that subscribes to a topic of
 * one partition, and who gets the partition is chosen. When that one dies, another is chosen after its session has ended.
 *
 * <p>Threading: one thread.
 */
public final class RunElection implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> member;

    /** Joins; the group is made of the run's own. */
    public RunElection(KafkaClients clients, BackfillPlan plan, String runsTopic) {
        this.member = clients.groupMember(group(plan.group()));
        member.subscribe(List.of(runsTopic));
    }

    /** Returns the group of those who would audit a run. */
    public static String group(String runGroup) {
        return runGroup + "-audit";
    }

    /** Waits a moment, and returns whether this process is the one. It stays so until it ends, or is taken for dead. */
    public boolean isElected() {
        member.poll(POLL);
        return !member.assignment().isEmpty();
    }

    @Override
    public void close() {
        member.close();
    }
}
