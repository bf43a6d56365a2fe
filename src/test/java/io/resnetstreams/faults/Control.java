package io.resnetstreams.faults;

import java.util.function.ToIntFunction;

/** A pipeline with a built-in defect, and what the audit must report. */
enum Control {
    /** Slow, so that many events are in flight at each kill. */
    NO_FRONTIER(
            "commit frontier off",
            "lost",
            FakeInstance.Options.of(Behaviour.SOUND)
                    .withDefect(FakeInstance.Defect.NO_FRONTIER)
                    .withMillisPerBatch(100),
            Audit::lost),
    EARLY(
            "outcomes forwarded before their batch is complete",
            "mislabelled",
            FakeInstance.Options.of(Behaviour.EARLY),
            Audit::mislabelled),
    NO_ORDER(
            "order not kept",
            "out of order",
            FakeInstance.Options.of(Behaviour.SOUND).withDefect(FakeInstance.Defect.NO_ORDER),
            Audit::outOfOrder);

    private final String title;
    private final String called;
    private final FakeInstance.Options options;
    private final ToIntFunction<Audit> count;

    Control(String title, String called, FakeInstance.Options options, ToIntFunction<Audit> count) {
        this.title = title;
        this.called = called;
        this.options = options;
        this.count = count;
    }

    String title() {
        return title;
    }

    /** Returns the audit's name for the defect. */
    String called() {
        return called;
    }

    FakeInstance.Options options() {
        return options;
    }

    /** Returns how many of the defect's errors the audit found. */
    int found(Audit audit) {
        return count.applyAsInt(audit);
    }

    /** Runs the pipeline and kills it a few times. */
    void inflictOn(FaultRun run) throws InterruptedException {
        run.startAndAwait(0);
        for (int kill = 0; kill < 3; kill++) {
            run.awaitSome();
            run.kill(0);
            run.startAndAwait(0);
        }
        run.awaitSome();
    }
}
