package io.resnetstreams.web;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Counts what the page shows and keeps the last outcomes. Outcomes count when they are committed.
 *
 * <p>Threading: thread-safe; each stream thread has its own uncommitted outcomes.
 */
final class LiveRecorder implements InferenceMetrics, TopologyMetrics {
    private static final long LONGEST_LATENCY_MILLIS = TimeUnit.HOURS.toMillis(24);
    /** Larger events are not kept: a browser that shows them is no help. */
    private static final long LARGEST_KEPT_BYTES = 1 << 20;

    private final InstantSource clock;
    private final boolean keepsLabelled;
    private final boolean keepsDead;
    private final RecentOutcomes recent;
    private final Recorder latencies = new Recorder(LONGEST_LATENCY_MILLIS, 2);
    private final LongAdder labels = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();
    private final LongAdder decoded = new LongAdder();
    private final LongAdder decodeNanos = new LongAdder();
    private final LongAdder waited = new LongAdder();
    private final LongAdder waitNanos = new LongAdder();
    private final Map<String, DeviceCount> devices = new ConcurrentHashMap<>();
    private final ThreadLocal<UncommittedOutcomes> uncommitted = ThreadLocal.withInitial(UncommittedOutcomes::new);

    /**
     * Begins to count.
     *
     * @param keepsLabelled whether events with a label are kept for a while, for their pictures
     * @param keepsDead whether dead letters are, for their payloads and to be sent back
     */
    LiveRecorder(InstantSource clock, boolean keepsLabelled, boolean keepsDead) {
        this.clock = clock;
        this.keepsLabelled = keepsLabelled;
        this.keepsDead = keepsDead;
        this.recent = new RecentOutcomes(clock);
    }

    RecentOutcomes recent() {
        return recent;
    }

    /** Returns the latencies since the last call; for one thread. */
    Histogram latencies() {
        return latencies.getIntervalHistogram();
    }

    /** Returns all counts as they are now. */
    Counts counts(long nanos) {
        Map<String, Counts.Device> byDevice = new TreeMap<>();
        devices.forEach((name, device) -> byDevice.put(name, device.count()));
        return new Counts(
                nanos,
                labels.sum(),
                deadLetters.sum(),
                decoded.sum(),
                decodeNanos.sum(),
                waited.sum(),
                waitNanos.sum(),
                byDevice);
    }

    @Override
    public void forwarded(RawEvent event, Outcome outcome) {
        boolean keeps = (outcome instanceof DeadLetter ? keepsDead : keepsLabelled)
                && event.sizeInBytes() <= LARGEST_KEPT_BYTES;
        uncommitted.get().add(event.source().timestamp(), new RecentOutcome(event, outcome, keeps));
    }

    @Override
    public void committed() {
        UncommittedOutcomes mine = uncommitted.get();
        if (mine.isEmpty()) {
            return;
        }
        long now = clock.millis();
        mine.forEachTimestamp(
                timestamp -> latencies.recordValue(Math.min(LONGEST_LATENCY_MILLIS, Math.max(0, now - timestamp))));
        labels.add(mine.labels());
        mine.deadLetters().forEach((kind, count) -> {
            deadLetters.add(count);
            recent.counted(kind, count);
        });
        recent.committed(mine.removeLast());
        mine.clear();
    }

    @Override
    public void aborted() {
        uncommitted.get().clear();
    }

    @Override
    public void loaded(String device, int workers, int largestBatch, double imagesPerSecond) {
        devices.put(device, new DeviceCount(workers, largestBatch));
    }

    private DeviceCount device(String name) {
        DeviceCount known = devices.get(name);
        return known != null ? known : devices.computeIfAbsent(name, first -> new DeviceCount(1, 1));
    }

    @Override
    public void decoded(long nanos) {
        decoded.increment();
        decodeNanos.add(nanos);
    }

    @Override
    public void workers(String device, int workers) {
        device(device).workers(workers);
    }

    @Override
    public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
        device(device).batch(size, closedBy == ClosedBy.FULL, inferenceNanos);
    }

    @Override
    public void waited(long nanos) {
        waited.increment();
        waitNanos.add(nanos);
    }

    @Override
    public void outOfMemory(String device, int newCeiling) {
        device(device).ceiling(newCeiling);
    }

    @Override
    public void ceilingRaised(String device, int newCeiling) {
        device(device).ceiling(newCeiling);
    }

    @Override
    public void deviceFailed(String device) {
        device(device).failed();
    }

    /** What one device has done. */
    private static final class DeviceCount {
        private final LongAdder batches = new LongAdder();
        private final LongAdder full = new LongAdder();
        private final LongAdder images = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private volatile int workers;
        private volatile int ceiling;
        private volatile boolean failed;

        DeviceCount(int workers, int ceiling) {
            this.workers = workers;
            this.ceiling = ceiling;
        }

        void batch(int size, boolean isFull, long inferenceNanos) {
            batches.increment();
            images.add(size);
            nanos.add(inferenceNanos);
            if (isFull) {
                full.increment();
            }
        }

        void workers(int left) {
            workers = left;
        }

        void ceiling(int newCeiling) {
            ceiling = newCeiling;
        }

        void failed() {
            failed = true;
        }

        Counts.Device count() {
            return new Counts.Device(workers, ceiling, failed, batches.sum(), full.sum(), images.sum(), nanos.sum());
        }
    }
}
