package io.resnetstreams.metrics;

import io.resnetstreams.common.Rounding;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.topology.TopologyMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Counts the outcomes, images and batches of one process. Metrics, page, status line and summaries read these counts. An
 * outcome counts once it is committed.
 *
 * <p>Threading: thread-safe; each stream thread has its own uncommitted outcomes.
 */
public final class PipelineCounts implements InferenceMetrics, TopologyMetrics {
    private final LongAdder labels = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();
    private final LongAdder decoded = new LongAdder();
    private final LongAdder decodeNanos = new LongAdder();
    private final LongAdder waited = new LongAdder();
    private final LongAdder waitNanos = new LongAdder();
    private final AtomicLong firstNanos = new AtomicLong();
    private volatile long lastNanos;
    private final Map<String, DeviceCounts> devices = new ConcurrentHashMap<>();
    private final List<Consumer<UncommittedOutcomes>> listeners = new CopyOnWriteArrayList<>();
    private final Map<Thread, UncommittedOutcomes> byThread = new ConcurrentHashMap<>();
    private final ThreadLocal<UncommittedOutcomes> uncommitted = ThreadLocal.withInitial(() -> {
        UncommittedOutcomes mine = new UncommittedOutcomes();
        byThread.put(Thread.currentThread(), mine);
        return mine;
    });

    /** Calls a listener at each commit with outcomes, on the stream thread; the outcomes are cleared afterwards. */
    public void onCommit(Consumer<UncommittedOutcomes> listener) {
        listeners.add(listener);
    }

    @Override
    public void consumed(RawEvent event) {
        if (firstNanos.get() == 0) {
            firstNanos.compareAndSet(0, System.nanoTime());
        }
    }

    @Override
    public void forwarded(RawEvent event, Outcome outcome) {
        uncommitted.get().add(event.source(), outcome);
    }

    @Override
    public void committed() {
        UncommittedOutcomes mine = uncommitted.get();
        if (mine.size() > 0) {
            labels.add(mine.size() - mine.deadLetters());
            deadLetters.add(mine.deadLetters());
            lastNanos = System.nanoTime();
            listeners.forEach(listener -> listener.accept(mine));
            mine.clear();
        }
    }

    @Override
    public void aborted() {
        uncommitted.get().clear();
    }

    @Override
    public void loaded(String device, int workers, int largestBatch, double imagesPerSecond) {
        devices.put(device, new DeviceCounts(workers, largestBatch));
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

    private DeviceCounts device(String name) {
        DeviceCounts known = devices.get(name);
        return known != null ? known : devices.computeIfAbsent(name, first -> new DeviceCounts(1, 1));
    }

    /** Returns the number of committed labels. */
    public long labels() {
        return labels.sum();
    }

    /** Returns the number of committed dead letters. */
    public long deadLetters() {
        return deadLetters.sum();
    }

    /** Returns the number of committed labels and dead letters. */
    public long outcomes() {
        return labels() + deadLetters();
    }

    /** Returns the seconds from the first event to the last committed outcome; 0 if there was none. */
    public double seconds() {
        return outcomes() == 0 ? 0 : (lastNanos - firstNanos.get()) / 1e9;
    }

    /** Returns the least timestamp of the uncommitted outcomes, in milliseconds since the epoch. */
    OptionalLong oldestUncommitted() {
        // The outcomes of a thread that has ended are reprocessed by another thread.
        byThread.keySet().removeIf(thread -> !thread.isAlive());
        return byThread.values().stream()
                .mapToLong(UncommittedOutcomes::oldestTimestamp)
                .filter(timestamp -> timestamp != UncommittedOutcomes.NONE)
                .min();
    }

    /** Returns the mean batch size in images; 0 before the first batch. */
    public double meanBatch() {
        long batches = 0;
        long images = 0;
        for (DeviceCounts device : devices.values()) {
            batches += device.snapshot().batches();
            images += device.snapshot().images();
        }
        return batches == 0 ? 0 : (double) images / batches;
    }

    /** Returns the counts for {@code --json}. */
    public Map<String, Object> summary() {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("labels", labels());
        summary.put("deadLetters", deadLetters());
        summary.put("meanBatch", Rounding.to(2, meanBatch()));
        return summary;
    }

    /** Returns all counts; {@code nanos} is the present time of {@link System#nanoTime}. */
    public CountsSnapshot snapshot(long nanos) {
        Map<String, CountsSnapshot.Device> byDevice = new TreeMap<>();
        devices.forEach((name, device) -> byDevice.put(name, device.snapshot()));
        return new CountsSnapshot(
                nanos,
                labels(),
                deadLetters(),
                decoded.sum(),
                decodeNanos.sum(),
                waited.sum(),
                waitNanos.sum(),
                byDevice);
    }

    /** The counts of one device. */
    private static final class DeviceCounts {
        private final LongAdder batches = new LongAdder();
        private final LongAdder full = new LongAdder();
        private final LongAdder images = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private volatile int workers;
        private volatile int ceiling;
        private volatile boolean failed;

        DeviceCounts(int workers, int ceiling) {
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

        void workers(int remaining) {
            workers = remaining;
        }

        void ceiling(int newCeiling) {
            ceiling = newCeiling;
        }

        void failed() {
            failed = true;
        }

        CountsSnapshot.Device snapshot() {
            return new CountsSnapshot.Device(
                    workers, ceiling, failed, batches.sum(), full.sum(), images.sum(), nanos.sum());
        }
    }
}
