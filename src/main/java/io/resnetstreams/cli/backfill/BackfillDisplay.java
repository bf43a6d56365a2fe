package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillJob;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.GroupProgress.Progress;
import io.resnetstreams.backfill.ProgressMeter;
import io.resnetstreams.cli.options.Terminal;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;

/** Shows the progress of a run on standard error, as a bar on a terminal or else as a line every five seconds. */
final class BackfillDisplay implements BackfillJob.Listener, AutoCloseable {
    private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();

    private final BackfillPlan plan;
    private final ProgressMeter meter = new ProgressMeter();
    private ProgressBar bar;
    private long lastLineNanos;
    private boolean begun;

    BackfillDisplay(BackfillPlan plan) {
        this.plan = plan;
    }

    @Override
    public void show(Progress now, long deadLetters) {
        long nanos = System.nanoTime();
        meter.saw(nanos, now.done());
        if (!begun) {
            begun = true;
            bar = Terminal.progressBar("backfill " + plan.run(), now.total());
        }
        if (bar != null) {
            bar.stepTo(now.done());
            bar.setExtraMessage(details(now, deadLetters));
        } else if (nanos - lastLineNanos > LINE_NANOS || lastLineNanos == 0 || now.isComplete()) {
            lastLineNanos = nanos;
            System.err.println("backfill " + plan.run() + ": "
                    + String.format(Locale.ROOT, "%,d of %,d, ", now.done(), now.total()) + details(now, deadLetters));
        }
    }

    private String details(Progress now, long deadLetters) {
        return String.format(
                Locale.ROOT,
                "%,.0f/s, %s, %d of %d partition%s, %,d dead letter%s",
                meter.perSecond(),
                now.isComplete()
                        ? "done"
                        : meter.remaining(now.total())
                                .map(left -> left.toSeconds() + " s left")
                                .orElse("time left unknown"),
                now.partitionsDone(),
                now.partitions(),
                now.partitions() == 1 ? "" : "s",
                deadLetters,
                deadLetters == 1 ? "" : "s");
    }

    @Override
    public void notice(String sentence) {
        System.err.println("backfill " + plan.run() + ": " + sentence);
    }

    @Override
    public void audits() {
        close();
        notice("checking the output");
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
