package io.resnetstreams.backfill;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Speed and remaining time of something that is counted now and then. The speed is that of the last minute: a pipeline is
 * slower while it starts, and may be slowed at any time.
 *
 * <p>Threading: none; time is an argument.
 */
public final class ProgressMeter {
    private static final long WINDOW_NANOS = Duration.ofSeconds(60).toNanos();

    private record Sample(long nanos, long done) {}

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();

    /** So much is done at this time. */
    public void saw(long nanos, long done) {
        if (samples.size() == 1 && samples.getFirst().done() == done) {
            // It has not yet begun.
            samples.clear();
        }
        samples.addLast(new Sample(nanos, done));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Returns how much is done in a second; 0 where it is not yet known. */
    public double perSecond() {
        if (samples.size() < 2) {
            return 0;
        }
        long nanos = samples.getLast().nanos() - samples.getFirst().nanos();
        return nanos == 0 ? 0 : (samples.getLast().done() - samples.getFirst().done()) * 1e9 / nanos;
    }

    /** Returns how long the rest takes at this speed; empty where that can't be said. */
    public Optional<Duration> remaining(long total) {
        double rate = perSecond();
        return rate <= 0
                ? Optional.empty()
                : Optional.of(
                        Duration.ofMillis((long) ((total - samples.getLast().done()) * 1_000 / rate)));
    }
}
