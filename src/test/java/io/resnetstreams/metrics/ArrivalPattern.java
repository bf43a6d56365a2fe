package io.resnetstreams.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * How events arrive: a Poisson process whose rate changes with time.
 *
 * @param seconds how long events come
 * @param rate events a second at a time in seconds
 * @param peak what the rate never exceeds
 */
record ArrivalPattern(String name, double seconds, DoubleUnaryOperator rate, double peak) {
    /** Twelve and a half times as many events, for an hour. */
    static ArrivalPattern step(double low, double high) {
        return new ArrivalPattern("step", 7_200, t -> t >= 1_200 && t < 4_800 ? high : low, high);
    }

    /** Half an hour up, half an hour there, half an hour down. */
    static ArrivalPattern ramp(double low, double high) {
        return new ArrivalPattern(
                "ramp",
                7_200,
                t -> low + (high - low) * Math.max(0, Math.min(1, Math.min((t - 600) / 1_800, (6_000 - t) / 1_800))),
                high);
    }

    /** A day and a night, in six hours. */
    static ArrivalPattern wave(double low, double high) {
        double period = 21_600;
        return new ArrivalPattern(
                "wave", period, t -> low + (high - low) * (1 - Math.cos(2 * Math.PI * t / period)) / 2, high);
    }

    /** A steady stream, and bursts of half a minute that come at random, every twelve minutes on average. */
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

    /** Returns when the next event comes after a time, by thinning; infinity when none does. */
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
