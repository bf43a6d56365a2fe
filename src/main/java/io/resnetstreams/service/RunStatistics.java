package io.resnetstreams.service;

import io.resnetstreams.common.Rounding;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.topology.TopologyMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts of one run, for summaries: outcomes count when they are committed. Thread-safe. */
public final class RunStatistics implements InferenceMetrics, TopologyMetrics {
    private final LongAdder batches = new LongAdder();
    private final LongAdder images = new LongAdder();
    private final LongAdder labels = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();
    /** Of the stream thread, since its last commit. */
    private final ThreadLocal<Forwarded> forwarded = ThreadLocal.withInitial(Forwarded::new);

    private static final class Forwarded {
        private long labels;
        private long deadLetters;
    }

    @Override
    public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
        batches.increment();
        images.add(size);
    }

    @Override
    public void forwarded(RawEvent event, Outcome outcome) {
        Forwarded mine = forwarded.get();
        if (outcome instanceof DeadLetter) {
            mine.deadLetters++;
        } else {
            mine.labels++;
        }
    }

    @Override
    public void committed() {
        Forwarded mine = forwarded.get();
        labels.add(mine.labels);
        deadLetters.add(mine.deadLetters);
        aborted();
    }

    @Override
    public void aborted() {
        Forwarded mine = forwarded.get();
        mine.labels = 0;
        mine.deadLetters = 0;
    }

    public long labels() {
        return labels.sum();
    }

    public long deadLetters() {
        return deadLetters.sum();
    }

    /** Returns the mean number of images in a batch; 0 where there was none. */
    public double meanBatch() {
        long count = batches.sum();
        return count == 0 ? 0 : (double) images.sum() / count;
    }

    public Map<String, Object> summary() {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("labels", labels());
        summary.put("deadLetters", deadLetters());
        summary.put("meanBatch", Rounding.to(2, meanBatch()));
        return summary;
    }
}
