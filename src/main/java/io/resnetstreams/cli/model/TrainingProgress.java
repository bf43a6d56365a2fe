package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.Text;
import io.resnetstreams.model.train.ResNetTrainer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;

/** Shows the progress of a training, as a bar on a terminal or else as a line every 30 seconds. Not thread-safe. */
final class TrainingProgress implements ResNetTrainer.Progress, AutoCloseable {
    private static final long BETWEEN_LINES_NANOS = Duration.ofSeconds(30).toNanos();

    private final long imagesPerEpoch;
    private final int epochs;
    private final PrintStream text;
    private final LongSupplier nanoTicker;
    private final ProgressBar bar;
    private final long start;
    private long lastLine;
    private long learnt;
    private int epoch;
    private long ofEpoch;

    /** Starts with a bar, which is null without a terminal and is closed by {@link #close}, and the stream for lines. */
    TrainingProgress(long imagesPerEpoch, int epochs, PrintStream text, ProgressBar bar, LongSupplier nanoTicker) {
        this.imagesPerEpoch = imagesPerEpoch;
        this.epochs = epochs;
        this.text = text;
        this.bar = bar;
        this.nanoTicker = nanoTicker;
        this.start = nanoTicker.getAsLong();
        this.lastLine = start;
    }

    static TrainingProgress of(String task, long imagesPerEpoch, int epochs, PrintStream text) {
        ProgressBar bar = Terminal.progressBar(task, imagesPerEpoch * epochs);
        return new TrainingProgress(imagesPerEpoch, epochs, text, bar, System::nanoTime);
    }

    @Override
    public void learnt(int inEpoch, int images) {
        if (inEpoch != epoch) {
            epoch = inEpoch;
            ofEpoch = 0;
        }
        learnt += images;
        ofEpoch += images;
        if (bar != null) {
            bar.stepTo(imagesPerEpoch * (epoch - 1) + ofEpoch);
            return;
        }
        long now = nanoTicker.getAsLong();
        if (now - lastLine >= BETWEEN_LINES_NANOS) {
            lastLine = now;
            text.printf(
                    "epoch %d of %d: %,d of %,d images, %.0f images/s%s%n",
                    epoch, epochs, ofEpoch, imagesPerEpoch, learnt / seconds(now), left());
        }
    }

    /** Returns the remaining time as the end of a line; empty if nothing is left. */
    String left() {
        long rest = imagesPerEpoch * (epochs - epoch + 1) - ofEpoch;
        if (learnt == 0 || rest <= 0) {
            return "";
        }
        double seconds = rest * seconds(nanoTicker.getAsLong()) / learnt;
        return ", about " + Text.duration(Duration.ofSeconds(Math.max(1, Math.round(seconds)))) + " left";
    }

    private double seconds(long now) {
        return Math.max(1, now - start) / 1e9;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
