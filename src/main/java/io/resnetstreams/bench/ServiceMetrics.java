package io.resnetstreams.bench;

import io.resnetstreams.bench.ServiceWork.Spent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts a service's batches and the time that events spend in each stage. Thread-safe. */
final class ServiceMetrics implements InferenceMetrics {
    /** Events, and their time in all. */
    private static final class Times {
        private final LongAdder events = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        void add(long moreEvents, long moreNanos) {
            events.add(moreEvents);
            nanos.add(moreNanos);
        }

        Spent spent() {
            return new Spent(events.sum(), nanos.sum());
        }
    }

    private final Map<Integer, LongAdder> batches = new ConcurrentHashMap<>();
    private final LongAdder busyNanos = new LongAdder();
    private final Times decode = new Times();
    private final Times queueWait = new Times();
    private final Times inference = new Times();
    private final Times untilCommitted = new Times();
    private final Map<SourcePosition, Long> classifiedAt = new ConcurrentHashMap<>();

    @Override
    public void decoded(long nanos) {
        decode.add(1, nanos);
    }

    @Override
    public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
        batches.computeIfAbsent(size, first -> new LongAdder()).increment();
        busyNanos.add(inferenceNanos);
        // Each image has to wait for the whole batch.
        inference.add(size, size * inferenceNanos);
    }

    @Override
    public void waited(long nanos) {
        queueWait.add(1, nanos);
    }

    /** An event has its outcome, from now on. */
    void classified(SourcePosition event) {
        classifiedAt.put(event, System.nanoTime());
    }

    /** A reader of committed records has an event's label. */
    void committed(SourcePosition event) {
        Long since = classifiedAt.remove(event);
        if (since != null) {
            untilCommitted.add(1, System.nanoTime() - since);
        }
    }

    /** Returns what was counted so far. */
    ServiceWork work() {
        TreeMap<Integer, Long> sizes = new TreeMap<>();
        batches.forEach((size, count) -> sizes.put(size, count.sum()));
        Map<String, Spent> stages = new LinkedHashMap<>();
        stages.put("decode", decode.spent());
        stages.put("queueWait", queueWait.spent());
        stages.put("inference", inference.spent());
        stages.put("untilCommitted", untilCommitted.spent());
        return new ServiceWork(sizes, stages, busyNanos.sum());
    }
}
