package io.resnetstreams.backfill;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.kafka.KafkaClients;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The runs of an application, as commands about them see them.
 *
 * <p>Threading: one thread.
 */
public final class BackfillRuns implements AutoCloseable {
    private final KafkaClients clients;
    private final RunStore store;

    private BackfillRuns(KafkaClients clients, RunStore store) {
        this.clients = clients;
        this.store = store;
    }

    /** Opens the runs of the configured application; a broker that is away is told in one line. */
    public static BackfillRuns open(Configuration configuration) {
        KafkaClients clients = new KafkaClients(configuration.connection());
        RunStore store = new RunStore(
                clients, configuration.applicationId(), configuration.topics().replicationFactor());
        try {
            store.runs();
            return new BackfillRuns(clients, store);
        } catch (TimeoutException e) {
            store.close();
            throw clients.unreachable(e);
        }
    }

    public KafkaClients clients() {
        return clients;
    }

    /** Returns all by name. */
    public Map<String, BackfillRun> all() {
        return store.runs();
    }

    /** Changes a run, as {@link RunStore#change} does. */
    public BackfillRun change(String name, UnaryOperator<BackfillRun> change) {
        return store.change(name, change);
    }

    /** Returns a run; an unknown name is an error that names those there are. */
    public BackfillRun require(String name) {
        Map<String, BackfillRun> runs = store.runs();
        BackfillRun run = runs.get(name);
        if (run == null) {
            throw UserErrorException.usage("there is no run '" + name + "'; "
                    + (runs.isEmpty() ? "there are none" : "there are " + String.join(", ", runs.keySet())));
        }
        return run;
    }

    /** Returns how far a run's group has come. */
    public GroupProgress.Progress progress(BackfillRun run) {
        try (GroupProgress progress = new GroupProgress(clients, run.plan())) {
            return progress.read();
        }
    }

    /** Returns how many members a run's group has: one for each stream thread of its processes. */
    public int members(BackfillRun run) {
        try (Admin admin = clients.admin()) {
            ConsumerGroupDescription group = admin.describeConsumerGroups(
                            List.of(run.plan().group()))
                    .describedGroups()
                    .get(run.plan().group())
                    .get();
            return group.members().size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw UserErrorException.shortfall(
                    "cannot describe group " + run.plan().group() + ": "
                            + e.getCause().getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UserErrorException.shortfall("interrupted", e);
        }
    }

    @Override
    public void close() {
        store.close();
    }

    public static String state(BackfillRun run) {
        return run.state().name().toLowerCase(Locale.ROOT);
    }
}
