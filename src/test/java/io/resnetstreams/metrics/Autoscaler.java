package io.resnetstreams.metrics;

import io.resnetstreams.metrics.ScalingSignal.ScalingTargets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Decides how many instances the group should have, from what can be observed of it. */
interface Autoscaler {
    /**
     * An observation of the group.
     *
     * @param seconds the time of the observation
     * @param arrivalsPerSecond the arrival rate over the last 30 s
     * @param backlog the number of events that are not done
     * @param partitions the number of partitions, which is the largest useful number of instances
     * @param joined the names of the instances in the group
     * @param started the number of instances, including those that are still starting
     * @param busy the share of the last 30 s in which the instances in the group worked
     */
    record Sample(
            double seconds,
            double arrivalsPerSecond,
            long backlog,
            int partitions,
            Set<String> joined,
            int started,
            double busy) {}

    /** Returns the desired number of instances; called every {@value ScalingSimulation#TICK_SECONDS} s. */
    int desired(Sample sample);

    /** Returns a scaler that polls the product's signal every 30 s. */
    static Autoscaler signal(ScalingTargets targets) {
        long[] nanos = {0};
        ScalingSignal signal = new ScalingSignal(targets, () -> nanos[0]);
        Polled polled = new Polled(30);
        return sample -> {
            nanos[0] = (long) (sample.seconds() * TimeUnit.SECONDS.toNanos(1));
            GroupLoad load =
                    new GroupLoad(sample.arrivalsPerSecond(), sample.backlog(), sample.partitions(), sample.joined());
            return polled.at(sample.seconds(), signal.desired(load, ScalingSimulation.CAPACITY));
        };
    }

    /** Returns a scaler with the signal's formula, but without its rounding to even shares of the partitions. */
    static Autoscaler signalOfAnyNumber(ScalingTargets targets) {
        Polled polled = new Polled(30);
        Held held = new Held(targets.holdMillis() / 1_000.0);
        return sample -> {
            double eventsPerSecond =
                    sample.arrivalsPerSecond() + sample.backlog() / (targets.targetDrainMillis() / 1_000.0);
            double wanted = Math.ceil(eventsPerSecond / (ScalingSimulation.CAPACITY * targets.targetUtilisation()));
            int allowed = (int) Math.max(1, Math.min(sample.partitions(), wanted));
            return polled.at(sample.seconds(), held.at(sample.seconds(), allowed));
        };
    }

    /** Returns KEDA's Kafka scaler: one instance per {@code threshold} events of lag, polled every 30 s. */
    static Autoscaler lag(long threshold) {
        Polled polled = new Polled(30);
        Held held = new Held(300);
        return sample -> {
            long wanted = (sample.backlog() + threshold - 1) / threshold;
            int allowed = (int) Math.max(1, Math.min(sample.partitions(), wanted));
            return polled.at(sample.seconds(), held.at(sample.seconds(), allowed));
        };
    }

    /**
     * Returns Kubernetes' HorizontalPodAutoscaler on CPU: the current number times utilisation over target, with a
     * tolerance of 0.1, every 15 s. Starting instances count as idle, unless that would reverse the decision.
     */
    static Autoscaler cpu(double target) {
        Polled polled = new Polled(15);
        Held held = new Held(300);
        return sample -> {
            int joined = sample.joined().size();
            double ratio = sample.busy() / target;
            double wanted = joined * ratio;
            if (ratio > 1.1 && wanted <= sample.started() * 1.1) {
                wanted = sample.started();
            } else if (Math.abs(ratio - 1) <= 0.1) {
                wanted = sample.started();
            }
            int allowed = (int) Math.max(1, Math.min(sample.partitions(), Math.ceil(wanted)));
            return polled.at(sample.seconds(), held.at(sample.seconds(), allowed));
        };
    }

    /** Adopts the newest value only once per interval. */
    final class Polled {
        private final double interval;
        private double due;
        private int value;

        Polled(double interval) {
            this.interval = interval;
        }

        int at(double seconds, int newest) {
            if (seconds >= due) {
                value = newest;
                due = seconds + interval;
            }
            return value;
        }
    }

    /** Returns the maximum within a time window, as Kubernetes' stabilisation window does. */
    final class Held {
        private record Wanted(double seconds, int instances) {}

        private final double window;
        private final Deque<Wanted> wanted = new ArrayDeque<>();

        Held(double window) {
            this.window = window;
        }

        int at(double seconds, int instances) {
            wanted.addLast(new Wanted(seconds, instances));
            wanted.removeIf(old -> seconds - old.seconds() > window);
            return wanted.stream().mapToInt(Wanted::instances).max().orElseThrow();
        }
    }
}
