package io.resnetstreams.bench;

import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;

/** Counts the batches of a service, and the time that events spend in each stage. Thread-safe. */
final class ServiceWork implements InferenceMetrics {
    private static final double MILLI = 1e6;

    private final Map<Integer, Long> batches = new TreeMap<>();
    private final Map<String, LongSummaryStatistics> stages = new LinkedHashMap<>();
    private final Map<SourcePosition, Long> classifiedAt = new HashMap<>();
    private long busyNanos;

    ServiceWork() {
        for (String stage : List.of("decode", "queueWait", "inference", "untilCommitted")) {
            stages.put(stage, new LongSummaryStatistics());
        }
    }

    /** Returns the work of several measurements, which have ended. */
    static ServiceWork sum(List<ServiceWork> works) {
        ServiceWork sum = new ServiceWork();
        for (ServiceWork work : works) {
            work.batches.forEach((size, count) -> sum.batches.merge(size, count, Long::sum));
            work.stages.forEach((stage, nanos) -> sum.stages.get(stage).combine(nanos));
            sum.busyNanos += work.busyNanos;
        }
        return sum;
    }

    private synchronized void spent(String stage, long nanos) {
        stages.get(stage).accept(nanos);
    }

    @Override
    public void decoded(long nanos) {
        spent("decode", nanos);
    }

    @Override
    public synchronized void batch(
            String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
        batches.merge(size, 1L, Long::sum);
        busyNanos += inferenceNanos;
        // Each image waits for the whole batch.
        for (int i = 0; i < size; i++) {
            spent("inference", inferenceNanos);
        }
    }

    @Override
    public void waited(long nanos) {
        spent("queueWait", nanos);
    }

    /** Records the time of an event's outcome. */
    synchronized void classified(SourcePosition event) {
        classifiedAt.put(event, System.nanoTime());
    }

    /** Records that a consumer has read the committed label of an event. */
    synchronized void committed(SourcePosition event) {
        Long since = classifiedAt.remove(event);
        if (since != null) {
            spent("untilCommitted", System.nanoTime() - since);
        }
    }

    /** Returns the total time of the batches of all workers. */
    synchronized long busyNanos() {
        return busyNanos;
    }

    /** Returns the mean batch size; 0 without batches. */
    synchronized double meanBatch() {
        return batches.entrySet().stream()
                        .mapToLong(batch -> batch.getKey() * batch.getValue())
                        .sum()
                / Math.max(
                        1.0, batches.values().stream().mapToLong(count -> count).sum());
    }

    /** Returns the number of batches by size, in ascending order. */
    synchronized Map<String, Long> batchSizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        batches.forEach((size, count) -> sizes.put(Integer.toString(size), count));
        return sizes;
    }

    /** Returns the mean time per event in each stage, in milliseconds; 0 without events. */
    synchronized Map<String, Double> stageMillis() {
        Map<String, Double> millis = new LinkedHashMap<>();
        stages.forEach((stage, nanos) -> millis.put(stage, nanos.getAverage() / MILLI));
        return millis;
    }
}
