package io.resnetstreams.metrics;

import static io.resnetstreams.common.Ranges.require;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The number of instances that the group should have. At each moment, the needed number is the one that processes the
 * arrivals and clears the backlog within the target time, at the target utilisation; see {@link #needed}.
 *
 * <p>The signal rises at once, and falls only after the needed number has been smaller for {@code holdMillis}. All instances
 * must compute the same signal, and a new instance has no history. So whenever an instance joins, all instances drop their
 * history and start with the present number of instances.
 *
 * <p>Threading: not thread-safe.
 */
public final class ScalingSignal {
    /** Prevents that rounding errors raise an exact number of instances. */
    private static final double ROUNDING = 1e-9;

    private final ScalingTargets targets;
    private final LongSupplier nanoClock;
    /** Needed numbers that no later one exceeds, the oldest and greatest first. */
    private final Deque<Need> needs = new ArrayDeque<>();

    private Set<String> knownInstances = Set.of();

    private record Need(long nanos, int instances) {}

    /**
     * Targets of the autoscaling signal.
     *
     * @param targetDrainMillis the time within which a backlog should be cleared, in milliseconds
     * @param targetUtilisation the share of its capacity that an instance should use, above 0 and at most 1; the rest absorbs
     *     varying arrivals
     * @param minInstances the minimum number of instances
     * @param holdMillis the time for which fewer instances must have been sufficient before the signal falls, in
     *     milliseconds
     */
    public record ScalingTargets(long targetDrainMillis, double targetUtilisation, int minInstances, long holdMillis) {
        private static final long LONGEST_MILLIS = 86_400_000;

        public ScalingTargets {
            require("targetDrainMillis", targetDrainMillis, 1_000, LONGEST_MILLIS);
            if (!(targetUtilisation > 0 && targetUtilisation <= 1)) {
                throw new IllegalArgumentException(
                        "targetUtilisation is " + targetUtilisation + "; allowed is a number above 0 and at most 1");
            }
            require("minInstances", minInstances, 1, 100_000);
            require("holdMillis", holdMillis, 0, LONGEST_MILLIS);
        }
    }

    /** @param nanoClock the time in nanoseconds, as {@link System#nanoTime} */
    public ScalingSignal(ScalingTargets targets, LongSupplier nanoClock) {
        this.targets = targets;
        this.nanoClock = nanoClock;
    }

    /**
     * Adds the present load of the group. To be called every few seconds, since loads between calls are not seen.
     *
     * @param capacityPerInstance images per second that one instance can classify, above 0
     * @return the number of instances that the group should have
     */
    int desired(GroupLoad load, double capacityPerInstance) {
        long now = nanoClock.getAsLong();
        if (needs.isEmpty() || !knownInstances.containsAll(load.instances())) {
            needs.clear();
            add(new Need(now, load.instances().size()));
        }
        knownInstances = load.instances();
        add(new Need(now, needed(targets, load, capacityPerInstance)));
        long holdNanos = TimeUnit.MILLISECONDS.toNanos(targets.holdMillis());
        while (needs.size() > 1 && now - needs.getFirst().nanos() >= holdNanos) {
            needs.removeFirst();
        }
        return Math.min(needs.getFirst().instances(), load.partitions());
    }

    private void add(Need need) {
        while (!needs.isEmpty() && needs.getLast().instances() <= need.instances()) {
            needs.removeLast();
        }
        needs.addLast(need);
    }

    /**
     * Returns the needed number for a load, without history: {@code ceil((arrivals + backlog / target time) / (capacity × target
     * utilisation))}, at least {@code minInstances} and at most one for each partition.
     *
     * <p>Partitions can't be split: with six partitions, four instances get two, two, one and one, and in the long run are
     * no faster than three. So the number is raised until the busiest instance has few enough partitions.
     */
    static int needed(ScalingTargets targets, GroupLoad load, double capacityPerInstance) {
        if (!(capacityPerInstance > 0)) {
            throw new IllegalArgumentException(
                    "capacityPerInstance is " + capacityPerInstance + "; it must be above 0");
        }
        double eventsPerSecond =
                load.arrivalsPerSecond() + load.backlogEvents() / (targets.targetDrainMillis() / 1_000.0);
        double instances = eventsPerSecond / (capacityPerInstance * targets.targetUtilisation());
        int partitions = load.partitions();
        // The maximum number of partitions that an instance can keep up with.
        int partitionsEach = (int) Math.max(1, Math.min(partitions, partitions / instances + ROUNDING));
        int even = (partitions + partitionsEach - 1) / partitionsEach;
        return Math.min(partitions, Math.max(targets.minInstances(), even));
    }
}
