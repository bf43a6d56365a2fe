package io.resnetstreams.backfill;

import io.resnetstreams.backfill.GroupProgress.Progress;

/** Is told how the work on a run proceeds. Called by the thread that works, and by the thread that watches live events. */
public interface RunListener {
    /** Is called twice a second with how far the run is, over all processes. */
    void show(Progress now, long deadLetters);

    /** Is called with a sentence that is not progress. */
    void notice(String sentence);

    /** Is called when all outcomes are written and the audit begins. */
    void audits();
}
