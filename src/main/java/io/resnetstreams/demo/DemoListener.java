package io.resnetstreams.demo;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.model.data.LabelledSample;
import io.resnetstreams.service.ClassificationStack;

/** Is told how a demo proceeds, by the thread that runs it. */
public interface DemoListener {
    /** Is called before a step that takes a while. */
    void step(String text);

    /**
     * Is called when the pipeline runs.
     *
     * @param address of the page; null where nothing is served
     */
    void ready(String bootstrapServers, ClassificationStack stack, LabelledSample sample, String address);

    /** Is called several times a second while events are on their way. */
    void progress(OutcomeFollower.Snapshot now, long total, double meanBatch, double seconds);
}
