package io.resnetstreams.backfill;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;

/** The runs of an application, for the commands that list and change them. Threading: one thread. */
public record BackfillRuns(KafkaClients clients, RunStore store) implements AutoCloseable {
    /** Opens the runs of the configured application; throws {@link UserErrorException} if no broker answers. */
    public static BackfillRuns open(Configuration configuration) {
        KafkaClients clients = new KafkaClients(configuration.connection());
        RunStore store = new RunStore(clients, configuration.applicationId());
        try {
            store.runs();
            return new BackfillRuns(clients, store);
        } catch (TimeoutException e) {
            store.close();
            throw clients.unreachable(e);
        }
    }

    /** Returns a run; throws {@link UserErrorException} with the names of all runs if the name is unknown. */
    public BackfillRun require(String name) {
        Map<String, BackfillRun> runs = store.runs();
        BackfillRun run = runs.get(name);
        if (run == null) {
            throw UserErrorException.usage("there is no run '" + name + "'; "
                    + (runs.isEmpty() ? "there are none" : "there are " + String.join(", ", runs.keySet())));
        }
        return run;
    }

    /** Returns the progress of a run's group. */
    public GroupProgress.Progress progress(BackfillRun run) {
        try (GroupProgress progress = new GroupProgress(clients, run.plan())) {
            return progress.read();
        }
    }

    /** Returns the number of members of a run's group: one for each stream thread of its processes. */
    public int members(BackfillRun run) {
        try (Admin admin = clients.admin()) {
            String group = run.plan().group();
            return Futures.await(admin.describeConsumerGroups(List.of(group))
                            .describedGroups()
                            .get(group))
                    .members()
                    .size();
        } catch (GroupIdNotFoundException e) {
            return 0;
        } catch (KafkaException e) {
            throw UserErrorException.shortfall(
                    "cannot describe group " + run.plan().group() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
