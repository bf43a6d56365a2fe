package io.resnetstreams.metrics;

import static io.resnetstreams.metrics.Names.PARTITION;
import static io.resnetstreams.metrics.Names.PREFIX;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.topology.Pipeline;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The lag of this instance and its group. Metrics of a partition are exported only by the instance that owns it, so that
 * their sum over all instances is correct. Metrics of the whole group are the same in all instances.
 */
final class GroupMetrics {
    private final GroupMonitor group;
    private final Pipeline pipeline;
    private final PipelineCounts counts;
    private final DeviceMetrics devices;
    private final InstantSource clock;

    GroupMetrics(
            GroupMonitor group, Pipeline pipeline, PipelineCounts counts, DeviceMetrics devices, InstantSource clock) {
        this.group = group;
        this.pipeline = pipeline;
        this.counts = counts;
        this.devices = devices;
        this.clock = clock;
    }

    /** @param desired the number of instances that the group should have, if known */
    void register(PrometheusRegistry registry, Supplier<OptionalInt> desired) {
        gauge("lag_events", "Events of the instance's partitions that the group has not committed.")
                .labelNames(PARTITION)
                .callback(gauge -> {
                    Set<Integer> own = pipeline.ownPartitions();
                    group.lag().forEach((partition, lag) -> {
                        if (own.contains(partition)) {
                            gauge.call(lag, partition.toString());
                        }
                    });
                })
                .register(registry);
        gauge("lag_seconds", "Age of the oldest event of the instance's partitions that is not committed, in seconds.")
                .callback(gauge -> lagSeconds().ifPresent(gauge::call))
                .register(registry);
        gauge("arrival_rate", "Events that come to the whole input topic, per second, lately.")
                .callback(gauge -> load().forEach(load -> gauge.call(load.arrivalsPerSecond())))
                .register(registry);
        gauge("seconds_to_drain", "Time in which the group's present instances work off its backlog, in seconds.")
                .callback(gauge -> secondsToDrain().ifPresent(gauge::call))
                .register(registry);
        gauge("desired_instances", "Instances that the group should have.")
                .callback(gauge -> desired.get().ifPresent(gauge::call))
                .register(registry);
    }

    /** Returns the status of the group for the page. */
    GroupStatus status(OptionalInt desired) {
        GroupLoad load = group.load();
        Set<Integer> own = pipeline.ownPartitions();
        OptionalLong lag = group.isKnown()
                ? OptionalLong.of(group.lag().entrySet().stream()
                        .filter(partition -> own.contains(partition.getKey()))
                        .mapToLong(Map.Entry::getValue)
                        .sum())
                : OptionalLong.empty();
        return new GroupStatus(
                lag,
                lagSeconds(),
                load == null ? OptionalDouble.empty() : OptionalDouble.of(load.arrivalsPerSecond()),
                load == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(load.instances().size()),
                desired,
                devices.capacity(),
                secondsToDrain());
    }

    private static GaugeWithCallback.Builder gauge(String name, String help) {
        return GaugeWithCallback.builder().name(PREFIX + name).help(help);
    }

    private Stream<GroupLoad> load() {
        return Stream.ofNullable(group.load());
    }

    /** Empty if nothing is in flight and the offsets on the broker are unknown. */
    private OptionalDouble lagSeconds() {
        Set<Integer> own = pipeline.ownPartitions();
        LongStream inFlight = pipeline.oldestInFlight().values().stream().mapToLong(timestamp -> timestamp);
        LongStream waiting = group.oldestWaiting().entrySet().stream()
                .filter(oldest -> own.contains(oldest.getKey()))
                .mapToLong(oldest -> oldest.getValue());
        LongStream uncommitted = counts.oldestUncommitted().stream();
        OptionalLong oldest = LongStream.concat(LongStream.concat(inFlight, uncommitted), waiting)
                .min();
        if (oldest.isPresent()) {
            return OptionalDouble.of(Math.max(0, clock.millis() - oldest.getAsLong()) / 1e3);
        }
        return group.isKnown() ? OptionalDouble.of(0) : OptionalDouble.empty();
    }

    private OptionalDouble secondsToDrain() {
        GroupLoad load = group.load();
        OptionalDouble capacity = devices.capacity();
        return load == null || capacity.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(secondsToDrain(load, capacity.getAsDouble()));
    }

    /** Infinite if the instances do not keep up with the arrivals. */
    static double secondsToDrain(GroupLoad load, double capacityPerInstance) {
        if (load.backlogEvents() == 0) {
            return 0;
        }
        double surplus = load.instances().size() * capacityPerInstance - load.arrivalsPerSecond();
        return surplus > 0 ? load.backlogEvents() / surplus : Double.POSITIVE_INFINITY;
    }
}
