package io.resnetstreams.web;

import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.metrics.PipelineMonitor.GroupStatus;
import java.util.List;
import java.util.Set;

/**
 * The state of an instance at one moment.
 *
 * @param health readiness
 * @param partitions the partitions of the input topic that are assigned to the instance
 * @param inFlightEvents events consumed whose outcome is not yet forwarded
 * @param inFlightBytes memory held by the events in flight
 * @param backfills the running backfills of the application, by name; empty while they are unknown
 */
public record InstanceView(
        Health health,
        Set<Integer> partitions,
        int inFlightEvents,
        long inFlightBytes,
        FetchMetrics.Counts fetches,
        GroupStatus group,
        List<Backfill> backfills) {
    /**
     * A run of {@code backfill}.
     *
     * @param state as shown on the page
     * @param done offsets processed, of {@code total}
     */
    public record Backfill(String name, String state, long done, long total) {}
}
