package io.resnetstreams.backfill;

import io.resnetstreams.events.RawEvent;
import io.resnetstreams.topology.Replay;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/**
 * Applies a run's plan to its pipeline: ends behind the last event of each range, selects events, adds the run's headers to
 * outcomes, and waits for live events or because of the rate.
 *
 * <p>Threading: as {@link Replay} says.
 */
public final class BackfillReplay implements Replay {
    private final BackfillPlan plan;
    private final Map<Integer, Long> ends = new HashMap<>();
    private final EventSelection selection;
    private final RateLimit rate;
    private final BooleanSupplier yielding;

    /**
     * Creates the replay of a plan.
     *
     * @param eventsPerSecond the maximum rate; {@link Double#POSITIVE_INFINITY} for no limit
     * @param yielding whether to wait at present
     */
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
}
