package io.resnetstreams.metrics;

import io.resnetstreams.metrics.ScalingSignal.ScalingTargets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Says how many instances there should be, from what can be seen of the group. */
interface Autoscaler {
    /**
     * What can be seen.
     *
     * @param seconds when
     * @param arrivalsPerSecond over the last 30 s
     * @param backlog events that are not done
     * @param partitions the most instances that there can be
     * @param joined the names of the instances in the group
     * @param started how many there are, those that are still starting among them
     * @param busy which share of the last 30 s the instances in the group worked
     */
    record Sample(
            double seconds,
            double arrivalsPerSecond,
            long backlog,
            int partitions,
            Set<String> joined,
            int started,
            double busy) {}

    /** Is shown a sample every {@value ScalingSimulation#TICK_SECONDS} s and returns how many it wants from now on. */
    int desired(Sample sample);

    /** The product's signal, looked at by a scaler every 30 s. */
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

    /** The signal's formula as if partitions could be divided. */
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

    /** KEDA's Kafka scaler: one instance for each so many events of lag, polled every 30 s. */
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
     * Kubernetes' HorizontalPodAutoscaler on CPU: the present number times use over target, with a tolerance of 0.1, every
     * 15 s. Instances that are starting count as idle, unless that would turn the decision round.
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

    /** Follows what it is shown only every so many seconds. */
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

    /** The greatest of the last so many seconds: Kubernetes' stabilisation window. */
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
