package io.resnetstreams.metrics;

import io.resnetstreams.topology.Pipeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the lag of the whole group and the arrival rate. Every instance polls for itself; apart from the time of the
 * poll, all get the same values. Threading: one thread polls; any thread may read.
 */
final class GroupMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMonitor.class);

    private static final Duration ARRIVAL_WINDOW = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** Older values are treated as unknown. */
    private static final Duration STALE = Duration.ofSeconds(20);

    private final GroupReader reader;
    private final FirstRecords firstRecords;
    private final Pipeline pipeline;
    private final LongSupplier nanoTicker;
    private final RateWindow arrivals = new RateWindow(ARRIVAL_WINDOW);
    private GroupReader.Offsets before;
    private volatile Seen seen = Seen.NOTHING;
    private volatile boolean reachable = true;

    /**
     * The result of a poll.
     *
     * @param lag uncommitted events by partition
     * @param oldest timestamp of the oldest uncommitted event of an own partition without events in flight
     * @param load null if unknown, as before the second poll
     */
    record Seen(long nanos, Map<Integer, Long> lag, Map<Integer, Long> oldest, GroupLoad load) {
        private static final Seen NOTHING = new Seen(0, Map.of(), Map.of(), null);

        boolean isKnown() {
            return this != NOTHING;
        }
    }

    GroupMonitor(GroupReader reader, FirstRecords firstRecords, Pipeline pipeline, LongSupplier nanoTicker) {
        this.reader = reader;
        this.firstRecords = firstRecords;
        this.pipeline = pipeline;
        this.nanoTicker = nanoTicker;
    }

    /** Polls once. If the broker does not respond, the previous values are kept for a while. */
    void look() throws InterruptedException {
        try {
            GroupReader.Offsets now = reader.read(TIMEOUT);
            seen = seen(now);
            before = now;
            reachable = true;
        } catch (TimeoutException e) {
            reachable = false;
        } catch (ExecutionException e) {
            reachable = !(e.getCause() instanceof RetriableException);
            if (reachable) {
                LOG.warn(
                        "The broker refused to return the group's offsets: {}",
                        e.getCause().toString());
            }
        }
    }

    private Seen seen(GroupReader.Offsets now) {
        long nanos = nanoTicker.getAsLong();
        Map<Integer, Long> lag = new HashMap<>();
        Map<Integer, Long> oldest = new HashMap<>();
        Set<Integer> own = pipeline.ownPartitions();
        Set<Integer> inFlight = pipeline.oldestInFlight().keySet();
        for (int partition : now.ends().keySet()) {
            long events = now.uncommitted(partition);
            boolean isOwn = own.contains(partition);
            // Records are read only for own partitions without events in flight, and for partitions without progress.
            if (events > 0 && (isOwn ? !inFlight.contains(partition) : isStill(partition, now))) {
                FirstRecords.Found first = firstRecords.find(
                        partition, now.committed().get(partition), now.ends().get(partition));
                events = first.isNone() ? 0 : events;
                if (isOwn) {
                    first.timestamp().ifPresent(timestamp -> oldest.put(partition, timestamp));
                }
            }
            lag.put(partition, events);
        }
        arrivals.add(nanos, now.ends().values().stream().mapToLong(end -> end).sum());
        return new Seen(nanos, Map.copyOf(lag), Map.copyOf(oldest), load(now, lag));
    }

    private boolean isStill(int partition, GroupReader.Offsets now) {
        return before != null
                && now.committed().get(partition).equals(before.committed().get(partition))
                && now.ends().get(partition).equals(before.ends().get(partition));
    }

    private GroupLoad load(GroupReader.Offsets now, Map<Integer, Long> lag) {
        double perSecond = arrivals.perSecond();
        long backlog = lag.values().stream().mapToLong(events -> events).sum();
        return Double.isNaN(perSecond)
                ? null
                : new GroupLoad(perSecond, backlog, now.ends().size(), now.instances());
    }

    /** Returns whether the broker responded to the last poll, even with an error; true before the first poll. */
    boolean isReachable() {
        return reachable;
    }

    /** Returns the result of the last successful poll, or an unknown one if that was too long ago. */
    Seen recent() {
        Seen last = seen;
        return last.isKnown() && nanoTicker.getAsLong() - last.nanos() <= STALE.toNanos() ? last : Seen.NOTHING;
    }
}
