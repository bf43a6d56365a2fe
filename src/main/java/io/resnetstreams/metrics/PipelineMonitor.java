package io.resnetstreams.metrics;

import io.resnetstreams.topology.Pipeline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds at a running pipeline: how far its group is behind, how busy its devices are, whether it makes
 * progress.
 *
 * <p>Threading: one thread of its own looks; any may ask.
 */
public final class PipelineMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PipelineMonitor.class);
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Pipeline pipeline;
    private final GroupSource source;
    private final EventMetrics events;
    private final DeviceMetrics devices;
    private final ScalingSignal signal;
    private final FirstRecords firstRecords;
    private final GroupMonitor group;
    private final StallWatch stall;
    private final ScheduledExecutorService thread;
    private volatile OptionalInt desired = OptionalInt.empty();

    PipelineMonitor(
            Pipeline pipeline, GroupSource source, EventMetrics events, DeviceMetrics devices, ScalingSignal signal) {
        this.pipeline = pipeline;
        this.source = source;
        this.events = events;
        this.devices = devices;
        this.signal = signal;
        this.firstRecords = new FirstRecords(source.topic(), source.reader());
        this.group = new GroupMonitor(
                new GroupReader(source.admin(), source.group(), source.topic()),
                firstRecords,
                localWork(pipeline),
                System::nanoTime);
        this.stall = new StallWatch(System::nanoTime);
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread looking = new Thread(task, "metrics-monitor");
            looking.setDaemon(true);
            return looking;
        });
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
        thread.scheduleWithFixedDelay(this::look, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            devices.look();
            group.look();
            stall.look(shouldProgress(), events.committedEvents());
            desired = computeDesired();
        } catch (InterruptedException | InterruptException e) {
            // It is being closed.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Else the executor would never call it again.
            LOG.warn("The metrics of the group are not up to date: {}", e.toString(), e);
        }
    }

    private OptionalInt computeDesired() {
        GroupLoad load = group.load();
        OptionalDouble capacity = devices.capacity();
        return load == null || capacity.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(signal.desired(load, capacity.getAsDouble()));
    }

    /** Without the broker, or while partitions move, nobody makes progress, and a restart would not help. */
    private boolean shouldProgress() {
        return pipeline.state() == KafkaStreams.State.RUNNING && group.isReachable() && eventsWaiting() > 0;
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
        thread.shutdownNow();
        try {
            if (thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                firstRecords.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.admin().close(Duration.ZERO);
    }
}
