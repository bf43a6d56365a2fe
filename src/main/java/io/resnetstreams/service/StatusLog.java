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

    /** Null if nothing is logged. */
    private RepeatingTask timer;

    /** Starts to log at this interval; 0 for never. */
    public void every(int seconds, PipelineCounts statistics, InFlightBudget inFlight, ClassificationStack stack) {
        if (seconds > 0) {
            Duration interval = Duration.ofSeconds(seconds);
            timer = RepeatingTask.start("status", interval, interval, () -> write(statistics, inFlight, stack));
        }
    }

    private static void write(PipelineCounts statistics, InFlightBudget inFlight, ClassificationStack stack) {
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
