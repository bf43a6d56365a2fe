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

/** Counts batches and the time that events spend in each stage. Thread-safe. */
final class ServiceMetrics implements InferenceMetrics {
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
        // Each image waits for the whole batch.
        inference.add(size, size * inferenceNanos);
    }

    @Override
    public void waited(long nanos) {
        queueWait.add(1, nanos);
    }

    /** Records the time of an event's outcome. */
    void classified(SourcePosition event) {
        classifiedAt.put(event, System.nanoTime());
    }

    /** Records that a consumer has read the committed label of an event. */
    void committed(SourcePosition event) {
        Long since = classifiedAt.remove(event);
        if (since != null) {
            untilCommitted.add(1, System.nanoTime() - since);
        }
    }

    /** Returns the counts so far. */
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
