package io.resnetstreams.metrics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many instances the group should have. The need of a moment is what works off the arrivals and, within the target
 * time, the backlog, with as much of each instance's capacity as should be used; see {@link #needed}.
 *
 * <p>The signal follows a greater need at once and a smaller one only when it has been smaller for {@code holdMillis}. That
 * memory must not differ between instances, and one that has just started has none. So whenever an instance joins, all
 * of them forget what they saw and begin with what each can see: how many instances are there.
 *
 * <p>Threading: not thread-safe.
 */
public final class ScalingSignal {
    /** So that a need of exactly three instances is not one of slightly more. */
    private static final double ROUNDING = 1e-9;

    private final ScalingTargets targets;
    private final LongSupplier nanoClock;
    /** Needs that nothing later exceeds, the oldest and greatest first. */
    private final Deque<Need> needs = new ArrayDeque<>();

    private Set<String> knownInstances = Set.of();

    private record Need(long nanos, int instances) {}

    /** @param nanoClock the present in nanoseconds, as {@link System#nanoTime} tells it */
    public ScalingSignal(ScalingTargets targets, LongSupplier nanoClock) {
        this.targets = targets;
        this.nanoClock = nanoClock;
    }

    /**
     * Takes the group's present load into account. To be called at least every few seconds, as a load that nobody looked
     * at is not held.
     *
     * @param capacityPerInstance images a second that one instance can classify, above 0
     * @return the number of instances that the group should have
     */
    public int desired(GroupLoad load, double capacityPerInstance) {
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
     * Returns the need of a moment, without memory: {@code ceil((arrivals + backlog / target time) / (capacity × target
     * utilisation))}, at least {@code minInstances} and at most one for each partition.
     *
     * <p>Partitions can't be divided: of six, four instances get two, two, one and one, and are no faster in the long run
     * than three. So the number is raised to the next one whose busiest instance has few enough partitions.
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
        // The most partitions that an instance can keep up with.
        int partitionsEach = (int) Math.max(1, Math.min(partitions, partitions / instances + ROUNDING));
        int even = (partitions + partitionsEach - 1) / partitionsEach;
        return Math.min(partitions, Math.max(targets.minInstances(), even));
    }
}
