package io.resnetstreams.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * How events arrive: a Poisson process whose rate changes with time.
 *
 * @param seconds how long events arrive
 * @param rate the events per second at a time in seconds
 * @param peak the upper bound of the rate
 */
record ArrivalPattern(String name, double seconds, DoubleUnaryOperator rate, double peak) {
    /** Returns a pattern that jumps from the low to the high rate for an hour, and back. */
    static ArrivalPattern step(double low, double high) {
        return new ArrivalPattern("step", 7_200, t -> t >= 1_200 && t < 4_800 ? high : low, high);
    }

    /** Returns a pattern that rises for half an hour, stays for half an hour, and falls for half an hour. */
    static ArrivalPattern ramp(double low, double high) {
        return new ArrivalPattern(
                "ramp",
                7_200,
                t -> low + (high - low) * Math.max(0, Math.min(1, Math.min((t - 600) / 1_800, (6_000 - t) / 1_800))),
                high);
    }

    /** Returns a day and a night, compressed to six hours. */
    static ArrivalPattern wave(double low, double high) {
        double period = 21_600;
        return new ArrivalPattern(
                "wave", period, t -> low + (high - low) * (1 - Math.cos(2 * Math.PI * t / period)) / 2, high);
    }

    /** Returns a steady stream with random bursts of half a minute, every twelve minutes on average. */
    static ArrivalPattern burst(double steady, double burst, long seed) {
        double length = 30;
        double seconds = 14_400;
        SplittableRandom random = new SplittableRandom(seed);
        List<Double> starts = new ArrayList<>();
        for (double t = exponential(random, 720); t < seconds - 900; t += length + exponential(random, 720)) {
            starts.add(t);
        }
        return new ArrivalPattern(
                "burst",
                seconds,
                t -> starts.stream().anyMatch(start -> t >= start && t < start + length) ? steady + burst : steady,
                steady + burst);
    }

    /** Returns the time of the next event after a given time, by thinning, or infinity if there is none. */
    double next(double after, SplittableRandom random) {
        double t = after;
        do {
            t += exponential(random, 1 / peak);
            if (t >= seconds) {
                return Double.POSITIVE_INFINITY;
            }
        } while (random.nextDouble() * peak >= rate.applyAsDouble(t));
        return t;
    }

    static double exponential(SplittableRandom random, double mean) {
        return -Math.log(1 - random.nextDouble()) * mean;
    }
}
