package io.resnetstreams.web;

import io.resnetstreams.metrics.GroupStatus;
import java.util.List;
import java.util.Set;

/**
 * An instance as it is at one moment.
 *
 * @param health whether it does its work, and why not
 * @param partitions those of the input topic that are its own
 * @param inFlightEvents events consumed whose outcome is not yet forwarded
 * @param inFlightBytes the memory that they hold
 * @param backfills runs of the same application that are running, by name; empty as long as they are unknown
 */
public record InstanceView(
        Health health,
        Set<Integer> partitions,
        int inFlightEvents,
        long inFlightBytes,
        GroupStatus group,
        List<Backfill> backfills) {
    /**
     * A run of {@code backfill}.
     *
     * @param state in words
     * @param done offsets passed, of {@code total}
     */
    public record Backfill(String name, String state, long done, long total) {}

    static InstanceView starting(Health health) {
        return new InstanceView(health, Set.of(), 0, 0, GroupStatus.UNKNOWN, List.of());
    }
}
