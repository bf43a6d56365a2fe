package io.resnetstreams.backfill;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Estimates speed and remaining time from periodic counts. The speed is that of the last minute, since a pipeline is slower
 * while it starts, and may change its speed at any time. Threading: none; time is an argument.
 */
public final class ProgressMeter {
    private static final long WINDOW_NANOS = Duration.ofSeconds(60).toNanos();

    private record Sample(long nanos, long done) {}

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();

    /** Adds the count at this time. */
    public void saw(long nanos, long done) {
        if (samples.size() == 1 && samples.getFirst().done() == done) {
            // The work has not started yet.
            samples.clear();
        }
        samples.addLast(new Sample(nanos, done));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Returns the count a second; 0 if it is not known yet. */
    public double perSecond() {
        if (samples.size() < 2) {
            return 0;
        }
        long nanos = samples.getLast().nanos() - samples.getFirst().nanos();
        return nanos == 0 ? 0 : (samples.getLast().done() - samples.getFirst().done()) * 1e9 / nanos;
    }

    /** Returns the remaining time at this speed; empty if it is not known. */
    public Optional<Duration> remaining(long total) {
        double rate = perSecond();
        return rate <= 0
                ? Optional.empty()
                : Optional.of(
                        Duration.ofMillis((long) ((total - samples.getLast().done()) * 1_000 / rate)));
    }
}
