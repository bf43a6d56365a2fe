package io.resnetstreams.metrics;

import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.topology.Pipeline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Polls a running pipeline every few seconds: the lag of its group, the busy time of its devices, and its progress.
 *
 * <p>Threading: its own thread polls; any thread may read.
 */
public final class PipelineMonitor implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Pipeline pipeline;
    private final GroupSource source;
    private final PipelineCounts counts;
    private final DeviceMetrics devices;
    private final ScalingSignal signal;
    private final FirstRecords firstRecords;
    private final GroupMonitor group;
    private final StallWatch stall;
    /** Set before other threads use the monitor. */
    private RepeatingTask looking;

    private volatile OptionalInt desired = OptionalInt.empty();

    PipelineMonitor(
            Pipeline pipeline, GroupSource source, PipelineCounts counts, DeviceMetrics devices, ScalingSignal signal) {
        this.pipeline = pipeline;
        this.source = source;
        this.counts = counts;
        this.devices = devices;
        this.signal = signal;
        this.firstRecords = new FirstRecords(source.topic(), source.reader());
        this.group = new GroupMonitor(
                new GroupReader(source.admin(), source.group(), source.topic()),
                firstRecords,
                pipeline,
                System::nanoTime);
        this.stall = new StallWatch(System::nanoTime);
    }

    GroupMonitor group() {
        return group;
    }

    void start() {
        looking = RepeatingTask.start("metrics-monitor", Duration.ZERO, INTERVAL, this::look);
    }

    private void look() throws InterruptedException {
        devices.look();
        group.look();
        KafkaStreams.State state = pipeline.state();
        if (!stall.isExcused(state)) {
            stall.look(shouldProgress(state), counts.outcomes());
        }
        desired = computeDesired();
    }

    private OptionalInt computeDesired() {
        GroupLoad load = group.load();
        OptionalDouble capacity = devices.capacity();
        return load == null || capacity.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(signal.desired(load, capacity.getAsDouble()));
    }

    /** Without the broker no instance makes progress, and a restart would not help. */
    private boolean shouldProgress(KafkaStreams.State state) {
        boolean isAtWork = state == KafkaStreams.State.RUNNING || state == KafkaStreams.State.REBALANCING;
        // Without assigned partitions, the instance does not know which events it will get.
        long waiting = state == KafkaStreams.State.REBALANCING ? groupLag() : eventsWaiting();
        return isAtWork && group.isReachable() && waiting > 0;
    }

    private long groupLag() {
        return group.lag().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns how many events wait or are in flight on this instance's partitions, as far as it is known. */
    long eventsWaiting() {
        Set<Integer> own = pipeline.ownPartitions();
        long lag = group.lag().entrySet().stream()
                .filter(partition -> own.contains(partition.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        return Math.max(lag, pipeline.inFlight().events());
    }

    /** Returns the number of instances that the group should have; empty if unknown. */
    OptionalInt desired() {
        return desired;
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
        Optional<String> hanging = devices.hanging(millis);
        if (hanging.isPresent()) {
            return hanging;
        }
        Duration stalled = stall.stalledFor();
        return stalled.toMillis() >= millis
                ? Optional.of("no outcome was committed for " + stalled.toSeconds() + " s, while " + eventsWaiting()
                        + " events wait")
                : Optional.empty();
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
