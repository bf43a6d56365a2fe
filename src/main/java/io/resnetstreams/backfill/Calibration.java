package io.resnetstreams.backfill;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.topology.EventClassifier;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Measures how fast this machine classifies a sample of events, without Kafka. */
public final class Calibration {
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration MEASURE = Duration.ofSeconds(3);
    private static final int IN_FLIGHT = 512;

    private Calibration() {}

    /**
     * Measures the rate, for about four seconds.
     *
     * @param events at least one event; they are used repeatedly
     * @return events a second
     */
    public static double eventsPerSecond(EventClassifier classifier, List<RawEvent> events) {
        run(classifier, events, WARM_UP);
        return run(classifier, events, MEASURE);
    }

    private static double run(EventClassifier classifier, List<RawEvent> events, Duration time) {
        ArrayDeque<CompletableFuture<Outcome>> inFlight = new ArrayDeque<>();
        long start = System.nanoTime();
        long begun = 0;
        long done = 0;
        while (System.nanoTime() - start < time.toNanos()) {
            while (inFlight.size() < IN_FLIGHT) {
                inFlight.add(classifier.classify(events.get((int) (begun++ % events.size()))));
            }
            inFlight.removeFirst().join();
            done++;
        }
        double rate = done * 1e9 / (System.nanoTime() - start);
        inFlight.forEach(outcome -> outcome.cancel(false));
        return rate;
    }
}
