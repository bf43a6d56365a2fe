package io.resnetstreams.metrics;

import io.resnetstreams.common.Rounding;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.topology.TopologyMetrics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts the events, outcomes, images and batches of one process. Metrics, page, status line and summaries read these
 * counts. An outcome counts once it is committed.
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
    private final LongAdder inputBytes = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder gapEvents = new LongAdder();
    private final Map<String, DeviceWork> devices = new ConcurrentHashMap<>();
    private final List<Consumer<UncommittedOutcomes>> listeners = new CopyOnWriteArrayList<>();
    private final Map<Thread, UncommittedOutcomes> byThread = new ConcurrentHashMap<>();
    private final ThreadLocal<UncommittedOutcomes> uncommitted = ThreadLocal.withInitial(() -> {
        UncommittedOutcomes mine = new UncommittedOutcomes();
        byThread.put(Thread.currentThread(), mine);
        return mine;
    });
    private final LongSupplier nanoTicker;
    private volatile InferenceMetrics inference = InferenceMetrics.NONE;
    private volatile TopologyMetrics topology = TopologyMetrics.NONE;

    public PipelineCounts() {
        this(System::nanoTime);
    }

    PipelineCounts(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** Passes on the loaded devices, and each decoded image, batch and wait; to be called before the first of them. */
    void passOnTo(InferenceMetrics receiver) {
        inference = receiver;
    }

    /** Passes on each forwarded outcome and each aborted transaction; to be called before the first of them. */
    public void passOnTo(TopologyMetrics receiver) {
        topology = receiver;
    }

    /** Calls a listener at each commit with outcomes, on the stream thread; the outcomes are cleared afterwards. */
    public void onCommit(Consumer<UncommittedOutcomes> listener) {
        listeners.add(listener);
    }

    @Override
    public void consumed(RawEvent event) {
        if (firstNanos.get() == 0) {
            firstNanos.compareAndSet(0, nanoTicker.getAsLong());
        }
        inputBytes.add(length(event.key()) + length(event.value()));
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    @Override
    public void gap(TopicPartition partition, long events) {
        gaps.increment();
        gapEvents.add(events);
    }

    @Override
    public void forwarded(RawEvent event, Outcome outcome) {
        uncommitted.get().add(event.source(), outcome);
        topology.forwarded(event, outcome);
    }

    @Override
    public void committed() {
        UncommittedOutcomes mine = uncommitted.get();
        if (mine.size() > 0) {
            long dead = mine.deadLetters();
            labels.add(mine.size() - dead);
            deadLetters.add(dead);
            lastNanos = nanoTicker.getAsLong();
            listeners.forEach(listener -> listener.accept(mine));
            mine.clear();
        }
    }

    @Override
    public void aborted() {
        uncommitted.get().clear();
        topology.aborted();
    }

    @Override
    public void loaded(String device, int workers, int largestBatch, double imagesPerSecond) {
        devices.put(device, new DeviceWork(workers, largestBatch, imagesPerSecond, nanoTicker));
        inference.loaded(device, workers, largestBatch, imagesPerSecond);
    }

    @Override
    public void decoded(long nanos) {
        decoded.increment();
        decodeNanos.add(nanos);
        inference.decoded(nanos);
    }

    @Override
    public void began(String device) {
        device(device).began();
    }

    @Override
    public void abandoned(String device) {
        device(device).abandoned();
    }

    @Override
    public void workers(String device, int workers) {
        device(device).workers(workers);
    }

    @Override
    public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
        device(device).ended(size, closedBy, inferenceNanos);
        inference.batch(device, size, closedBy, oldestWaitNanos, inferenceNanos);
    }

    @Override
    public void waited(long nanos) {
        waited.increment();
        waitNanos.add(nanos);
        inference.waited(nanos);
    }

    @Override
    public void outOfMemory(String device, int newCeiling) {
        device(device).outOfMemory(newCeiling);
    }

    @Override
    public void ceilingRaised(String device, int newCeiling) {
        device(device).ceiling(newCeiling);
    }

    @Override
    public void deviceFailed(String device) {
        device(device).failed();
    }

    /** An exception would end the thread of a worker, so an unknown device is assumed to have one worker. */
    private DeviceWork device(String name) {
        DeviceWork known = devices.get(name);
        return known != null ? known : devices.computeIfAbsent(name, first -> new DeviceWork(1, 1, 0, nanoTicker));
    }

    /** Returns the devices by name, now and later. */
    Map<String, DeviceWork> devices() {
        return devices;
    }

    /** Samples the busy time of the devices; to be called every few seconds by one thread. */
    void look() {
        devices.values().forEach(DeviceWork::look);
    }

    /** Returns the images per second that all working devices can classify; NaN while the capacity of one is unknown. */
    double capacity() {
        double[] each = devices.values().stream()
                .filter(device -> !device.snapshot().failed())
                .mapToDouble(DeviceWork::imagesPerSecond)
                .toArray();
        boolean isKnown = each.length > 0 && Arrays.stream(each).allMatch(capacity -> capacity > 0);
        return isKnown ? Arrays.stream(each).sum() : Double.NaN;
    }

    /** Returns a message about a device that has not finished a batch for at least this time; empty if there is none. */
    Optional<String> hanging(long millis) {
        return devices.entrySet().stream()
                .filter(device -> device.getValue().sinceLastEndNanos() >= TimeUnit.MILLISECONDS.toNanos(millis))
                .map(device -> "the device " + device.getKey() + " has been at a batch for "
                        + TimeUnit.NANOSECONDS.toSeconds(device.getValue().sinceLastEndNanos()) + " s")
                .findFirst();
    }

    long inputBytes() {
        return inputBytes.sum();
    }

    long gaps() {
        return gaps.sum();
    }

    long gapEvents() {
        return gapEvents.sum();
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
                .map(UncommittedOutcomes::oldest)
                .filter(Objects::nonNull)
                .mapToLong(SourcePosition::timestamp)
                .min();
    }

    /** Returns the mean batch size in images; 0 before the first batch. */
    public double meanBatch() {
        List<CountsSnapshot.Device> all =
                devices.values().stream().map(DeviceWork::snapshot).toList();
        long batches = all.stream().mapToLong(CountsSnapshot.Device::batches).sum();
        long images = all.stream().mapToLong(CountsSnapshot.Device::images).sum();
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
}
