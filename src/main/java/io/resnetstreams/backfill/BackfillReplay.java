package io.resnetstreams.backfill;

import io.resnetstreams.events.RawEvent;
import io.resnetstreams.topology.Replay;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/**
 * A run's plan, as its pipeline asks for it: ends behind the last event of each range, takes the events that are meant, marks
 * outcomes with the run's name, and waits where live comes first or a rate is set.
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
     * Makes it.
     *
     * @param eventsPerSecond at most so many are consumed; {@link Double#POSITIVE_INFINITY} for no limit
     * @param yielding whether to wait for now
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
        rate.took();
        return true;
    }

    @Override
    public Headers marked(Headers headers) {
        return plan.marked(headers);
    }
}
