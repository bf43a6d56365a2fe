package io.resnetstreams.backfill;

import io.resnetstreams.events.RawEvent;
import io.resnetstreams.topology.Replay;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/** Applies a run's plan to its pipeline. Threading: as {@link Replay} says. */
public final class BackfillReplay implements Replay {
    private final BackfillPlan plan;
    private final Map<Integer, Long> ends = new HashMap<>();
    private final EventSelection selection;
    private final RateLimit rate;
    private final BooleanSupplier yielding;

    /** Replays a plan at a maximum rate, or at {@link Double#POSITIVE_INFINITY}, and waits while it is yielding. */
    public BackfillReplay(BackfillPlan plan, double eventsPerSecond, BooleanSupplier yielding) {
        this.plan = plan;
        this.selection = plan.parameters().selection();
        this.rate = new RateLimit(eventsPerSecond, System::nanoTime);
        this.yielding = yielding;
        plan.partitions().stream()
                .filter(range -> range.offsets() > 0)
                .forEach(range -> ends.put(range.partition(), range.end()));
    }

    @Override
    public long end(TopicPartition partition) {
        return partition.topic().equals(plan.parameters().input()) ? ends.getOrDefault(partition.partition(), 0L) : 0;
    }

    @Override
    public boolean isPaused() {
        return yielding.getAsBoolean() || rate.isExhausted();
    }

    @Override
    public boolean takes(RawEvent event) {
        if (!selection.takes(event.source(), event.headers())) {
            return false;
        }
        rate.consumed();
        return true;
    }

    @Override
    public Headers marked(Headers headers) {
        return plan.marked(headers);
    }

    /** Limits the rate: each event uses its share of time, and the next waits until that has passed. Thread-safe. */
    static final class RateLimit {
        /** A stream thread may continue later than the limit allows; up to this time is made up for. */
        private static final long MADE_UP_NANOS = Duration.ofSeconds(1).toNanos();

        private final long nanosPerEvent;
        private final LongSupplier nanoTicker;
        private long paidUntilNanos;

        /** Creates a limit greater than 0, with no time used. */
        RateLimit(double eventsPerSecond, LongSupplier nanoTicker) {
            this.nanosPerEvent = Math.max(1, Math.round(1e9 / eventsPerSecond));
            this.nanoTicker = nanoTicker;
            this.paidUntilNanos = nanoTicker.getAsLong();
        }

        synchronized void consumed() {
            paidUntilNanos = Math.max(paidUntilNanos, nanoTicker.getAsLong() - MADE_UP_NANOS) + nanosPerEvent;
        }

        synchronized boolean isExhausted() {
            return paidUntilNanos > nanoTicker.getAsLong();
        }
    }
}
