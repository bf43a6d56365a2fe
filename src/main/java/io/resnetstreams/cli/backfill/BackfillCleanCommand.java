package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Futures;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a run. */
@Command(
        name = "clean",
        description = {
            "Remove a run: delete its consumer groups and its state, so that its name can be reused.",
            "",
            "No process may be working on the run. Its labels and dead letters remain unless --delete-output is"
                    + " given."
        },
        footer = {"", "Example:", "  resnet-streams backfill clean new"})
final class BackfillCleanCommand implements Callable<Integer> {
    @Mixin
    private BackfillRunsOptions options;

    @Parameters(paramLabel = "RUN", description = "Name of the run.")
    private String name;

    @Option(names = "--delete-output", description = "Also delete the label and dead-letter topics of the run.")
    private boolean deleteOutput;

    @Override
    public Integer call() {
        OutputOptions output = options.output();
        try (BackfillRuns runs = options.open();
                Admin admin = runs.clients().admin()) {
            BackfillRun run = runs.require(name);
            int members = runs.members(run);
            if (members > 0) {
                throw UserErrorException.usage("run '" + name + "' is still being processed (members of its group: "
                        + members + "); to cancel it, use 'backfill cancel " + name + "'");
            }
            deleteGroup(admin, run.plan().group());
            deleteGroup(admin, run.plan().auditGroup());
            List<String> topics = deleteOutput
                    ? List.of(
                            run.plan().parameters().output(),
                            run.plan().parameters().deadLetters())
                    : List.of();
            topics.forEach(topic -> deleteTopic(admin, topic));
            runs.store().change(name, current -> null);
            output.printJson(Map.of("run", name, "deletedTopics", topics));
            output.println("run '" + name + "' is removed" + (topics.isEmpty() ? "" : "; deleted topics: " + topics));
        }
        return 0;
    }

    private static void deleteGroup(Admin admin, String group) {
        try {
            Futures.await(admin.deleteConsumerGroups(List.of(group)).all());
        } catch (GroupIdNotFoundException e) {
            // It has expired, or never existed.
        } catch (GroupNotEmptyException e) {
            throw UserErrorException.shortfall("group " + group + " has new members", e);
        }
    }

    private static void deleteTopic(Admin admin, String topic) {
        try {
            Futures.await(admin.deleteTopics(List.of(topic)).all());
        } catch (UnknownTopicOrPartitionException e) {
            // It was deleted before.
        }
    }
}
