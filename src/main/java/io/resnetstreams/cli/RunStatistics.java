package io.resnetstreams.cli;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.inference.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.InferenceMetrics;
import io.resnetstreams.topology.TopologyMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts of one run, for summaries. Thread-safe. */
final class RunStatistics implements InferenceMetrics, TopologyMetrics {
    private final LongAdder batches = new LongAdder();
    private final LongAdder images = new LongAdder();
    private final LongAdder labels = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();

    @Override
    public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
        batches.increment();
        images.add(size);
    }

    @Override
    public void forwarded(RawEvent event, Outcome outcome) {
        (outcome instanceof DeadLetter ? deadLetters : labels).increment();
    }

    long labels() {
        return labels.sum();
    }

    long deadLetters() {
        return deadLetters.sum();
    }

    /** Returns the mean number of images in a batch; 0 where there was none. */
    double meanBatch() {
        long count = batches.sum();
        return count == 0 ? 0 : (double) images.sum() / count;
    }

    Map<String, Object> summary() {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("labels", labels());
        summary.put("deadLetters", deadLetters());
        summary.put("meanBatch", Rounding.to(2, meanBatch()));
        return summary;
    }
}
