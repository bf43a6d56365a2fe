package io.resnetstreams.demo;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.model.data.LabelledSample;
import io.resnetstreams.service.ClassificationStack;

/** Receives the progress of a demo, in the thread that runs it. */
public interface DemoListener {
    /** Called before a step that takes some time. */
    void step(String text);

    /**
     * Called when the pipeline runs.
     *
     * @param address of the page; null if it is not served
     */
    void ready(String bootstrapServers, ClassificationStack stack, LabelledSample sample, String address);

    /** Called several times a second while events are processed. */
    void progress(OutcomeFollower.Snapshot now, long total, double meanBatch, double seconds);
}
