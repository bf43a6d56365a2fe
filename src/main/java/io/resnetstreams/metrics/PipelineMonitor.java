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
 * Looks every few seconds at a running pipeline: how far its group is behind, how busy its devices are, whether it makes
 * progress.
 *
 * <p>Threading: one thread of its own looks; any may ask.
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
    /** Written before any other thread has the monitor. */
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
                localWork(pipeline),
                System::nanoTime);
        this.stall = new StallWatch(System::nanoTime);
    }

    static GroupMonitor.LocalWork localWork(Pipeline pipeline) {
        return new GroupMonitor.LocalWork() {
            @Override
            public Set<Integer> ownPartitions() {
                return pipeline.ownPartitions();
            }

            @Override
            public Map<Integer, Long> oldestInFlight() {
                return pipeline.oldestInFlight();
            }
        };
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

    /** Without the broker nobody makes progress, and a restart would not help. */
    private boolean shouldProgress(KafkaStreams.State state) {
        boolean isAtWork = state == KafkaStreams.State.RUNNING || state == KafkaStreams.State.REBALANCING;
        // While it has no partitions it can't tell which events would be its own.
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

    /** Returns the number of instances that the group should have; nothing as long as it is unknown. */
    OptionalInt desired() {
        return desired;
    }

    /** Returns whether the broker answered when it was last asked. */
    public boolean isBrokerReachable() {
        return group.isReachable();
    }

    /**
     * Returns in words why the instance stands still, if it does: a device has been at one batch, or events have waited
     * without any outcome, for at least so long.
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
