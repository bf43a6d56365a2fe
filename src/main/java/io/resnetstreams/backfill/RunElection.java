package io.resnetstreams.backfill;

import io.resnetstreams.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Elects one of a run's processes with Kafka's group protocol: all join a group that subscribes to a topic of one partition, and the
 * member with the partition is elected. If it crashes, another one is elected after the session timeout.
 *
 * <p>Threading: one thread.
 */
public final class RunElection implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> member;

    /** Joins the group of the run's auditors. */
    public RunElection(KafkaClients clients, BackfillPlan plan, String runsTopic) {
        this.member = clients.groupMember(group(plan.group()));
        member.subscribe(List.of(runsTopic));
    }

    /** Returns the consumer group of a run's auditors. */
    public static String group(String runGroup) {
        return runGroup + "-audit";
    }

    /** Waits a moment, and returns whether this process is elected. It remains so until it ends or its session times out. */
    public boolean isElected() {
        member.poll(POLL);
        return !member.assignment().isEmpty();
    }

    @Override
    public void close() {
        member.close();
    }
}
