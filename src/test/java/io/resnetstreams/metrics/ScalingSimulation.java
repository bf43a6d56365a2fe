package io.resnetstreams.metrics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * A discrete-event simulation of a consumer group: arrivals, finished classifications, finished starts and
 * rebalances, and polls of the autoscaler. Each partition is in order and belongs to one instance, and an instance
 * takes the event that has waited longest. All times are in seconds.
 */
final class ScalingSimulation {
    /** The images per second of an instance; the time per image is exponentially distributed. */
    static final double CAPACITY = 5;
    /** The time from the decision until the instance is in the group. */
    static final double START_SECONDS = 60;
    /** How long no instance works after an instance joins or leaves. */
    static final double REBALANCE_SECONDS = 5;

    static final int TICK_SECONDS = 5;
    private static final int TICKS_IN_WINDOW = 6;
    private static final int TICKS_IN_POINT = 12;
    private static final double NEVER = Double.POSITIVE_INFINITY;

    private final ArrivalPattern pattern;
    private final int partitions;
    private final Autoscaler autoscaler;
    private final SplittableRandom arrivals;
    private final SplittableRandom services;

    private final List<Deque<Double>> queues = new ArrayList<>();
    private final List<String> joined = new ArrayList<>(List.of("0"));
    private final Deque<Double> starting = new ArrayDeque<>();
    /** When each instance finishes its event; the arrays below hold that event's partition and arrival. */
    private final double[] done;

    private final int[] servedPartition;
    private final double[] servedArrival;

    private double now;
    private double pausedUntil = NEVER;
    private boolean paused;
    private int busy;
    private long backlog;
    private int namesGiven = 1;

    private long arrived;
    private double busySeconds;
    private double joinedSeconds;
    private double startedSeconds;
    private final Deque<double[]> window = new ArrayDeque<>();

    private final Histogram agesMillis = new Histogram(3);
    private final List<Point> points = new ArrayList<>();
    private double worstAge;
    private int ticks;

    /** A minute: the longest age of an event that was done in it, and the number of instances at its end. */
    record Point(double minutes, double worstAgeSeconds, int started) {}

    /** The result of a simulation. */
    record Result(Histogram agesMillis, double instanceHours, List<Point> points) {
        double p99Seconds() {
            return agesMillis.getValueAtPercentile(99) / 1_000.0;
        }
    }

    private ScalingSimulation(ArrivalPattern pattern, int partitions, Autoscaler autoscaler, long seed) {
        this.pattern = pattern;
        this.partitions = partitions;
        this.autoscaler = autoscaler;
        SplittableRandom random = new SplittableRandom(seed);
        this.arrivals = random.split();
        this.services = random.split();
        for (int partition = 0; partition < partitions; partition++) {
            queues.add(new ArrayDeque<>());
        }
        this.done = new double[partitions];
        this.servedPartition = new int[partitions];
        this.servedArrival = new double[partitions];
        Arrays.fill(done, NEVER);
    }

    /**
     * Runs from one idle instance until all events are done. The same seed gives every autoscaler the same arrivals.
     */
    static Result run(ArrivalPattern pattern, int partitions, Autoscaler autoscaler, long seed) {
        return new ScalingSimulation(pattern, partitions, autoscaler, seed).run();
    }

    private Result run() {
        double nextArrival = pattern.next(0, arrivals);
        double nextTick = TICK_SECONDS;
        while (nextArrival < NEVER || backlog > 0 || now < pattern.seconds()) {
            int first = firstDone();
            double nextStarted = starting.isEmpty() ? NEVER : starting.getFirst();
            double next = Math.min(Math.min(nextArrival, nextTick), Math.min(nextStarted, done[first]));
            advance(Math.min(next, pausedUntil));
            if (now == pausedUntil) {
                resume();
            } else if (now == nextArrival) {
                arrive();
                nextArrival = pattern.next(now, arrivals);
            } else if (now == done[first]) {
                finish(first);
            } else if (now == nextStarted) {
                starting.removeFirst();
                joined.add(Integer.toString(namesGiven++));
                rebalance();
            } else {
                tick();
                nextTick += TICK_SECONDS;
            }
        }
        return new Result(agesMillis, startedSeconds / 3_600, points);
    }

    private int firstDone() {
        int first = 0;
        for (int instance = 1; instance < joined.size(); instance++) {
            if (done[instance] < done[first]) {
                first = instance;
            }
        }
        return first;
    }

    private void advance(double to) {
        double passed = to - now;
        busySeconds += busy * passed;
        joinedSeconds += joined.size() * passed;
        startedSeconds += started() * passed;
        now = to;
    }

    private int started() {
        return joined.size() + starting.size();
    }

    private void arrive() {
        int partition = arrivals.nextInt(partitions);
        queues.get(partition).addLast(now);
        backlog++;
        arrived++;
        begin(partition % joined.size());
    }

    private void finish(int instance) {
        double age = now - servedArrival[instance];
        agesMillis.recordValue((long) (age * 1_000));
        worstAge = Math.max(worstAge, age);
        backlog--;
        busy--;
        done[instance] = NEVER;
        begin(instance);
    }

    /** Starts the oldest event of an instance, if the instance is idle and has one. */
    private void begin(int instance) {
        if (paused || done[instance] < NEVER) {
            return;
        }
        int oldest = -1;
        for (int partition = instance; partition < partitions; partition += joined.size()) {
            if (!queues.get(partition).isEmpty()
                    && (oldest < 0
                            || queues.get(partition).getFirst()
                                    < queues.get(oldest).getFirst())) {
                oldest = partition;
            }
        }
        if (oldest >= 0) {
            busy++;
            servedPartition[instance] = oldest;
            servedArrival[instance] = queues.get(oldest).removeFirst();
            done[instance] = now + ArrivalPattern.exponential(services, 1 / CAPACITY);
        }
    }

    /** Drops the events in flight; the next owner of the partition reprocesses them. */
    private void rebalance() {
        for (int instance = 0; instance < partitions; instance++) {
            if (done[instance] < NEVER) {
                queues.get(servedPartition[instance]).addFirst(servedArrival[instance]);
                done[instance] = NEVER;
            }
        }
        busy = 0;
        paused = true;
        pausedUntil = now + REBALANCE_SECONDS;
    }

    private void resume() {
        paused = false;
        pausedUntil = NEVER;
        for (int instance = 0; instance < joined.size(); instance++) {
            begin(instance);
        }
    }

    private void tick() {
        window.addLast(new double[] {now, arrived, busySeconds, joinedSeconds});
        if (window.size() > TICKS_IN_WINDOW + 1) {
            window.removeFirst();
        }
        double[] then = window.getFirst();
        double passed = Math.max(TICK_SECONDS, now - then[0]);
        double use = joinedSeconds > then[3] ? (busySeconds - then[2]) / (joinedSeconds - then[3]) : 0;
        Autoscaler.Sample sample = new Autoscaler.Sample(
                now, (arrived - then[1]) / passed, backlog, partitions, Set.copyOf(joined), started(), use);
        scaleTo(autoscaler.desired(sample));
        if (++ticks % TICKS_IN_POINT == 0) {
            points.add(new Point(now / 60, worstAge, started()));
            worstAge = 0;
        }
    }

    private void scaleTo(int desired) {
        while (started() < desired) {
            starting.addLast(now + START_SECONDS);
        }
        while (started() > desired && !starting.isEmpty()) {
            starting.removeLast();
        }
        if (started() > desired) {
            // Otherwise the instances that leave would keep their events in flight.
            rebalance();
            joined.subList(desired, joined.size()).clear();
        }
    }
}
