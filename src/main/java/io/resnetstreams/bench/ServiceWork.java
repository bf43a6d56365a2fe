package io.resnetstreams.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The work of a service during one or several measurements.
 *
 * @param batches number of batches by size
 * @param stages time that events spent in each stage, by name and in order
 * @param busyNanos total time of the batches of all workers
 */
public record ServiceWork(SortedMap<Integer, Long> batches, Map<String, Spent> stages, long busyNanos) {
    /** No work. */
    public static final ServiceWork NONE = new ServiceWork(new TreeMap<>(), Map.of(), 0);

    private static final double MILLI = 1e6;

    /** Copies the maps. */
    public ServiceWork {
        batches = Collections.unmodifiableSortedMap(new TreeMap<>(batches));
        stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
    }

    /**
     * Time in a stage.
     *
     * @param events number of events that have passed the stage
     * @param nanos total time of these events
     */
    record Spent(long events, long nanos) {
        Spent plus(Spent other) {
            return new Spent(events + other.events, nanos + other.nanos);
        }

        /** Returns the mean time per event in milliseconds; 0 without events. */
        double meanMillis() {
            return nanos / MILLI / Math.max(1, events);
        }
    }

    /** Returns the sum of this work and another. */
    public ServiceWork plus(ServiceWork other) {
        SortedMap<Integer, Long> allBatches = new TreeMap<>(batches);
        other.batches.forEach((size, count) -> allBatches.merge(size, count, Long::sum));
        Map<String, Spent> allStages = new LinkedHashMap<>(stages);
        other.stages.forEach((stage, spent) -> allStages.merge(stage, spent, Spent::plus));
        return new ServiceWork(allBatches, allStages, busyNanos + other.busyNanos);
    }

    /** Returns the mean batch size; 0 without batches. */
    public double meanBatch() {
        long images = 0;
        long count = 0;
        for (Map.Entry<Integer, Long> batch : batches.entrySet()) {
            images += batch.getKey() * batch.getValue();
            count += batch.getValue();
        }
        return (double) images / Math.max(1, count);
    }

    /** Returns the number of batches by size, in ascending order. */
    public Map<String, Long> batchSizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        batches.forEach((size, count) -> sizes.put(Integer.toString(size), count));
        return sizes;
    }

    /** Returns the mean time per event in each stage, in milliseconds. */
    public Map<String, Double> stageMillis() {
        Map<String, Double> millis = new LinkedHashMap<>();
        stages.forEach((stage, spent) -> millis.put(stage, spent.meanMillis()));
        return millis;
    }
}
