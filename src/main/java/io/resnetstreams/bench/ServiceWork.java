package io.resnetstreams.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a service has done in one run or several.
 *
 * @param batches how many batches were made, by their size in images
 * @param stages the time that events spent in each stage, by its name, in the order of the stages
 * @param busyNanos the time that workers spent with batches, in all
 */
public record ServiceWork(SortedMap<Integer, Long> batches, Map<String, Spent> stages, long busyNanos) {
    public static final ServiceWork NONE = new ServiceWork(new TreeMap<>(), Map.of(), 0);
    private static final double MILLI = 1e6;

    public ServiceWork {
        batches = Collections.unmodifiableSortedMap(new TreeMap<>(batches));
        stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
    }

    /**
     * Time in one stage.
     *
     * @param events those that have passed the stage
     * @param nanos their time there in all
     */
    record Spent(long events, long nanos) {
        public Spent plus(Spent other) {
            return new Spent(events + other.events, nanos + other.nanos);
        }

        /** Returns the mean of an event in milliseconds; 0 where there was none. */
        double meanMillis() {
            return nanos / MILLI / Math.max(1, events);
        }
    }

    /** Returns this and another run's work together. */
    public ServiceWork plus(ServiceWork other) {
        SortedMap<Integer, Long> allBatches = new TreeMap<>(batches);
        other.batches.forEach((size, count) -> allBatches.merge(size, count, Long::sum));
        Map<String, Spent> allStages = new LinkedHashMap<>(stages);
        other.stages.forEach((stage, spent) -> allStages.merge(stage, spent, Spent::plus));
        return new ServiceWork(allBatches, allStages, busyNanos + other.busyNanos);
    }

    /** Returns the mean number of images in a batch; 0 where there was none. */
    public double meanBatch() {
        long images = 0;
        long count = 0;
        for (Map.Entry<Integer, Long> batch : batches.entrySet()) {
            images += batch.getKey() * batch.getValue();
            count += batch.getValue();
        }
        return (double) images / Math.max(1, count);
    }

    /** Returns counts of batches by size, smallest first. */
    public Map<String, Long> batchSizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        batches.forEach((size, count) -> sizes.put(Integer.toString(size), count));
        return sizes;
    }

    /** Returns the mean milliseconds that an event spent in each stage. */
    public Map<String, Double> stageMillis() {
        Map<String, Double> millis = new LinkedHashMap<>();
        stages.forEach((stage, spent) -> millis.put(stage, spent.meanMillis()));
        return millis;
    }
}
