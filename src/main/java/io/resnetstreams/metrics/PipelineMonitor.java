package io.resnetstreams.metrics;

import static java.lang.Double.NaN;

import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.topology.Pipeline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Polls a running pipeline every few seconds: the lag of its group, the busy time of its devices, and its progress.
 *
 * <p>Threading: its own thread polls; any thread may read.
 */
public final class PipelineMonitor implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /**
     * The source of the offsets of a group.
     *
     * @param admin closed with the monitor
     * @param topic the input topic
     * @param reader creates a {@code read_committed} consumer without a group; called at most once, and the consumer is
     *     closed with the monitor
     */
    public record GroupSource(Admin admin, String group, String topic, Supplier<Consumer<byte[], byte[]>> reader) {}

    /**
     * The status of an instance and its group at the last poll; unknown values are NaN.
     *
     * @param lagEvents uncommitted events of the instance's partitions
     * @param lagSeconds age of the oldest of them
     * @param arrivalsPerSecond events that arrive on the whole input topic
     * @param instances number of members of the group
     * @param desiredInstances number of members that the group should have
     * @param capacityImagesPerSecond capacity of the instance's devices
     * @param secondsToDrain time until the group has cleared its backlog; infinite if the group does not keep up
     */
    public record GroupStatus(
            double lagEvents,
            double lagSeconds,
            double arrivalsPerSecond,
            double instances,
            double desiredInstances,
            double capacityImagesPerSecond,
            double secondsToDrain) {
        /** The status before the first poll. */
        public static final GroupStatus UNKNOWN = new GroupStatus(NaN, NaN, NaN, NaN, NaN, NaN, NaN);
    }

    private final Pipeline pipeline;
    private final GroupSource source;
    private final PipelineCounts counts;
    private final ScalingSignal signal;
    private final InstantSource clock = InstantSource.system();
    private final FirstRecords firstRecords;
    private final GroupMonitor group;
    private final StallWatch stall = new StallWatch(System::nanoTime);
    /** Set before other threads use the monitor. */
    private RepeatingTask looking;

    private volatile double desired = NaN;

    PipelineMonitor(Pipeline pipeline, GroupSource source, PipelineCounts counts, ScalingSignal signal) {
        this.pipeline = pipeline;
        this.source = source;
        this.counts = counts;
        this.signal = signal;
        this.firstRecords = new FirstRecords(source.topic(), source.reader());
        GroupReader reader = new GroupReader(source.admin(), source.group(), source.topic());
        this.group = new GroupMonitor(reader, firstRecords, pipeline, System::nanoTime);
    }

    void start() {
        looking = RepeatingTask.start("metrics-monitor", Duration.ZERO, INTERVAL, this::look);
    }

    private void look() throws InterruptedException {
        counts.look();
        group.look();
        KafkaStreams.State state = pipeline.state();
        if (!stall.isExcused(state)) {
            stall.look(shouldProgress(state), counts.outcomes());
        }
        GroupLoad load = group.recent().load();
        double capacity = counts.capacity();
        desired = load == null || Double.isNaN(capacity) ? NaN : signal.desired(load, capacity);
    }

    /** Without the broker no instance makes progress, and a restart would not help. */
    private boolean shouldProgress(KafkaStreams.State state) {
        boolean isAtWork = state == KafkaStreams.State.RUNNING || state == KafkaStreams.State.REBALANCING;
        // Without assigned partitions, the instance does not know which events it will get.
        long waiting = state == KafkaStreams.State.REBALANCING
                ? sum(group.recent().lag().values())
                : eventsWaiting();
        return isAtWork && group.isReachable() && waiting > 0;
    }

    /** Returns how many events wait or are in flight on this instance's partitions, as far as it is known. */
    private long eventsWaiting() {
        return Math.max(sum(ownLag().values()), pipeline.inFlight().events());
    }

    private static long sum(Collection<Long> lags) {
        return lags.stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the uncommitted events of this instance's partitions, by partition; empty if unknown. */
    Map<Integer, Long> ownLag() {
        return ofOwn(group.recent().lag());
    }

    private Map<Integer, Long> ofOwn(Map<Integer, Long> byPartition) {
        Map<Integer, Long> own = new HashMap<>(byPartition);
        own.keySet().retainAll(pipeline.ownPartitions());
        return own;
    }

    /** Returns the status of the instance and its group; any thread may call it. */
    public GroupStatus status() {
        GroupMonitor.Seen seen = group.recent();
        GroupLoad load = seen.load();
        double capacity = counts.capacity();
        return new GroupStatus(
                seen.isKnown() ? sum(ofOwn(seen.lag()).values()) : NaN,
                lagSeconds(seen),
                load == null ? NaN : load.arrivalsPerSecond(),
                load == null ? NaN : load.instances().size(),
                desired,
                capacity,
                load == null || Double.isNaN(capacity) ? NaN : load.secondsToDrain(capacity));
    }

    /** NaN if nothing is in flight and the offsets on the broker are unknown. */
    private double lagSeconds(GroupMonitor.Seen seen) {
        OptionalLong oldest = LongStream.concat(
                        counts.oldestUncommitted().stream(),
                        Stream.of(pipeline.oldestInFlight(), ofOwn(seen.oldest()))
                                .flatMap(byPartition -> byPartition.values().stream())
                                .mapToLong(Long::longValue))
                .min();
        if (oldest.isPresent()) {
            return Math.max(0, clock.millis() - oldest.getAsLong()) / 1e3;
        }
        return seen.isKnown() ? 0 : NaN;
    }

    /** Returns whether the broker responded to the last poll. */
    public boolean isBrokerReachable() {
        return group.isReachable();
    }

    /**
     * Returns why the instance makes no progress, if it makes none: for at least this time, a device has not finished a batch,
     * or events have waited and no outcome was committed.
     */
    public Optional<String> stalled(long millis) {
        Optional<String> hanging = counts.hanging(millis);
        Duration stalled = stall.stalledFor();
        if (hanging.isPresent() || stalled.toMillis() < millis) {
            return hanging;
        }
        return Optional.of("no outcome was committed for " + stalled.toSeconds() + " s, while " + eventsWaiting()
                + " events wait");
    }

    @Override
    public void close() {
        try {
            if (looking.closeAndAwait(CLOSE_TIMEOUT)) {
                firstRecords.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.admin().close(Duration.ZERO);
    }
}
