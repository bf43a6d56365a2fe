package io.resnetstreams.monitor;

import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.backfill.GroupProgress;
import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.web.InstanceView.Backfill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the running backfills of the application from the broker every few seconds, but only while they are
 * displayed. If access is denied, the list stays empty. Threading: its own thread polls; any thread may read.
 */
public final class BackfillWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Configuration configuration;
    private final BooleanSupplier isWanted;
    private RepeatingTask looking;
    private final Map<String, GroupProgress> progress = new HashMap<>();
    private BackfillRuns known;
    private boolean isForbidden;
    private volatile List<Backfill> runs = List.of();

    private BackfillWatch(Configuration configuration, BooleanSupplier isWanted) {
        this.configuration = configuration;
        this.isWanted = isWanted;
    }

    /** Starts to poll while {@code isWanted}. */
    public static BackfillWatch start(Configuration configuration, BooleanSupplier isWanted) {
        BackfillWatch watch = new BackfillWatch(configuration, isWanted);
        watch.looking = RepeatingTask.start("backfill-watch", Duration.ZERO, INTERVAL, watch::look);
        return watch;
    }

    /** Returns the running backfills at the last poll. */
    public List<Backfill> runs() {
        return runs;
    }

    private void look() {
        if (isForbidden) {
            return;
        }
        if (!isWanted.getAsBoolean()) {
            release();
            return;
        }
        try {
            runs = read();
        } catch (AuthorizationException e) {
            LOG.debug("backfills are not shown: {}", e.toString());
            isForbidden = true;
            release();
        } catch (InterruptException e) {
            // The watch is being closed.
            Thread.currentThread().interrupt();
        } catch (KafkaException | IllegalStateException | UserErrorException e) {
            LOG.debug("backfills are not known: {}", e.toString());
            release();
        }
    }

    private List<Backfill> read() {
        if (known == null) {
            known = BackfillRuns.open(configuration);
        }
        List<Backfill> running = new ArrayList<>();
        for (Map.Entry<String, BackfillRun> entry : known.store().runs().entrySet()) {
            BackfillRun run = entry.getValue();
            if (run.state() == BackfillRun.State.RUNNING) {
                GroupProgress.Progress now = progress.computeIfAbsent(
                                entry.getKey(), name -> new GroupProgress(known.clients(), run.plan()))
                        .read();
                running.add(new Backfill(entry.getKey(), run.stateName(), now.done(), now.total()));
            }
        }
        return List.copyOf(running);
    }

    private void release() {
        runs = List.of();
        progress.values().forEach(GroupProgress::close);
        progress.clear();
        if (known != null) {
            known.close();
            known = null;
        }
    }

    @Override
    public void close() {
        looking.closeAfter(this::release);
    }
}
