package io.resnetstreams.metrics;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows how far the whole group is behind, and how fast events arrive, as of its last look. Every instance looks by itself
 * and sees the same, but for the moment.
 *
 * <p>Threading: one thread looks; any may ask.
 */
final class GroupMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMonitor.class);

    private static final Duration ARRIVAL_WINDOW = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** What was seen longer ago is not told any more. */
    private static final Duration STALE = Duration.ofSeconds(20);

    private final GroupReader reader;
    private final FirstRecords firstRecords;
    private final LocalWork localWork;
    private final LongSupplier nanoTicker;
    private final RateWindow arrivals = new RateWindow(ARRIVAL_WINDOW);
    private GroupOffsets before;
    private volatile Seen seen;
    private volatile boolean reachable = true;

    /** What this instance works on, as it knows itself. */
    interface LocalWork {
        /** Returns the partitions that this instance owns. */
        Set<Integer> ownPartitions();

        /** Returns the oldest event's timestamp by partition, where any is in flight. */
        Map<Integer, Long> oldestInFlight();
    }

    /**
     * What a look has found.
     *
     * @param lag events not yet committed, by partition
     * @param oldest the timestamp of the oldest of them, where this instance should work on it and does not yet
     * @param load nothing before the second look
     */
    private record Seen(long nanos, Map<Integer, Long> lag, Map<Integer, Long> oldest, GroupLoad load) {}

    GroupMonitor(GroupReader reader, FirstRecords firstRecords, LocalWork localWork, LongSupplier nanoTicker) {
        this.reader = reader;
        this.firstRecords = firstRecords;
        this.localWork = localWork;
        this.nanoTicker = nanoTicker;
    }

    /** Looks once; where the broker does not answer, what was seen before stays for a while. */
    void look() throws InterruptedException {
        try {
            GroupOffsets now = reader.read(TIMEOUT);
            seen = seen(now);
            before = now;
            reachable = true;
        } catch (TimeoutException e) {
            reachable = false;
        } catch (ExecutionException e) {
            reachable = !(e.getCause() instanceof RetriableException);
            if (reachable) {
                LOG.warn(
                        "The broker refuses to tell the group's offsets: {}",
                        e.getCause().toString());
            }
        }
    }

    private Seen seen(GroupOffsets now) {
        long nanos = nanoTicker.getAsLong();
        Map<Integer, Long> lag = new HashMap<>();
        Map<Integer, Long> oldest = new HashMap<>();
        Set<Integer> own = localWork.ownPartitions();
        Set<Integer> inFlight = localWork.oldestInFlight().keySet();
        for (int partition : now.ends().keySet()) {
            long events = now.uncommitted(partition);
            boolean isOwn = own.contains(partition);
            // Records are looked at where this instance has none in flight, and where nothing moves: the rest is busy.
            if (events > 0 && (isOwn ? !inFlight.contains(partition) : stands(partition, now))) {
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

    private boolean stands(int partition, GroupOffsets now) {
        return before != null
                && now.committed().get(partition).equals(before.committed().get(partition))
                && now.ends().get(partition).equals(before.ends().get(partition));
    }

    private GroupLoad load(GroupOffsets now, Map<Integer, Long> lag) {
        OptionalDouble perSecond = arrivals.perSecond();
        if (perSecond.isEmpty()) {
            return null;
        }
        long backlog = lag.values().stream().mapToLong(events -> events).sum();
        return new GroupLoad(perSecond.getAsDouble(), backlog, now.ends().size(), now.instances());
    }

    private boolean isFresh(Seen last) {
        return last != null && nanoTicker.getAsLong() - last.nanos() <= STALE.toNanos();
    }

    /** Returns whether the broker answered the last look, if only by a refusal; true before the first. */
    boolean isReachable() {
        return reachable;
    }

    /** Returns whether what is told is known at all, and of late. */
    boolean isKnown() {
        return isFresh(seen);
    }

    /** Returns events not yet committed, by partition, of all partitions; nothing where it is unknown. */
    Map<Integer, Long> lag() {
        Seen last = seen;
        return isFresh(last) ? last.lag() : Map.of();
    }

    /** Returns the timestamps of the oldest events that wait and are not in flight, by own partition. */
    Map<Integer, Long> oldestWaiting() {
        Seen last = seen;
        return isFresh(last) ? last.oldest() : Map.of();
    }

    /** Returns the whole group's load, or null where it is unknown. */
    GroupLoad load() {
        Seen last = seen;
        return isFresh(last) ? last.load() : null;
    }
}
