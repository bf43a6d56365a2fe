package io.resnetstreams.backfill;

import io.resnetstreams.backfill.GroupProgress.Progress;

/** Receives the progress of a run, from the thread that works and from the thread that watches live events. */
public interface RunListener {
    /** Called twice a second with the progress of all processes. */
    void show(Progress now, long deadLetters);

    /** Called with a sentence for the user. */
    void notice(String sentence);

    /** Called when all outcomes are written and the audit begins. */
    void audits();
}
