package io.resnetstreams.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.topology.Replay;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A run's plan, as its pipeline asks for it: ends behind the last event of each range, takes the events that are meant, marks
 * outcomes with the run's name, and waits where live comes first or a rate is set.
 *
 * <p>Threading: as {@link Replay} says.
 */
public final class BackfillReplay implements Replay {
    private final String input;
    private final Map<Integer, Long> ends = new HashMap<>();
    private final EventSelection selection;
    private final byte[] mark;
    private final RateLimit rate;
    private final BooleanSupplier yielding;

    /**
     * Makes it.
     *
     * @param eventsPerSecond at most so many are consumed; {@link Double#POSITIVE_INFINITY} for no limit
     * @param yielding whether to wait for now
     */
    public BackfillReplay(BackfillPlan plan, double eventsPerSecond, BooleanSupplier yielding) {
        this.input = plan.parameters().input();
        this.selection = plan.parameters().selection();
        this.mark = plan.run().getBytes(UTF_8);
        this.rate = new RateLimit(eventsPerSecond, System::nanoTime);
        this.yielding = yielding;
        plan.partitions().stream()
                .filter(range -> range.offsets() > 0)
                .forEach(range -> ends.put(range.partition(), range.end()));
    }

    @Override
    public long end(TopicPartition partition) {
        return partition.topic().equals(input) ? ends.getOrDefault(partition.partition(), 0L) : 0;
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
        return new RecordHeaders(headers).add(Outcome.RUN_HEADER, mark);
    }
}
