package io.resnetstreams.service;

import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.topology.InFlightBudget;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the progress of a running instance and its events in flight at an interval. */
public final class StatusLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusLog.class);

    private final PipelineCounts statistics;
    private final InFlightBudget inFlight;
    private final ClassificationStack stack;
    /** Null if nothing is logged. */
    private RepeatingTask timer;

    /** Creates a log that has not started. */
    public StatusLog(PipelineCounts statistics, InFlightBudget inFlight, ClassificationStack stack) {
        this.statistics = statistics;
        this.inFlight = inFlight;
        this.stack = stack;
    }

    /** Starts to log at this interval; 0 for never. */
    public void every(int seconds) {
        if (seconds > 0) {
            Duration interval = Duration.ofSeconds(seconds);
            timer = RepeatingTask.start("status", interval, interval, this::write);
        }
    }

    private void write() {
        LOG.info(
                "{} labels, {} dead letters, {} images in a batch; in flight: {} events, {} bytes; {} arrays open",
                statistics.labels(),
                statistics.deadLetters(),
                Rounding.to(2, statistics.meanBatch()),
                inFlight.events(),
                inFlight.bytes(),
                stack.openArrays());
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.close();
        }
    }
}
