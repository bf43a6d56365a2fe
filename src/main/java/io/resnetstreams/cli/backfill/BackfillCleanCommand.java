package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.backfill.RunElection;
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

/** Forgets a run. */
@Command(
        name = "clean",
        description = {
            "Forgets a run: deletes its consumer groups and its record, so that its name is free again. It must have no",
            "process any more. Its labels and dead letters stay, unless --delete-output is given."
        },
        footer = "%nExample: resnet-streams backfill clean new")
final class BackfillCleanCommand implements Callable<Integer> {
    @Mixin
    private NamedRunOptions options;

    @Option(names = "--delete-output", description = "Also delete its topics of labels and dead letters.")
    private boolean deleteOutput;

    @Override
    public Integer call() {
        OutputOptions output = options.output();
        String name = options.name();
        try (BackfillRuns runs = options.open();
                Admin admin = runs.clients().admin()) {
            BackfillRun run = runs.require(name);
            int members = runs.members(run);
            if (members > 0) {
                throw UserErrorException.usage("run '" + name + "' has " + members
                        + " members in its group, so it is being worked on; 'backfill cancel " + name + "' ends it");
            }
            deleteGroup(admin, run.plan().group());
            deleteGroup(admin, RunElection.group(run.plan().group()));
            List<String> topics = deleteOutput
                    ? List.of(
                            run.plan().parameters().output(),
                            run.plan().parameters().deadLetters())
                    : List.of();
            topics.forEach(topic -> deleteTopic(admin, topic));
            runs.change(name, current -> null);
            output.printJson(Map.of("run", name, "deletedTopics", topics));
            output.text()
                    .println("run '" + name + "' is forgotten" + (topics.isEmpty() ? "" : ", with topics " + topics));
        }
        return 0;
    }

    private static void deleteGroup(Admin admin, String group) {
        try {
            Futures.await(admin.deleteConsumerGroups(List.of(group)).all());
        } catch (GroupIdNotFoundException e) {
            // It has expired, or there never was one.
        } catch (GroupNotEmptyException e) {
            throw UserErrorException.shortfall("group " + group + " has members again", e);
        }
    }

    private static void deleteTopic(Admin admin, String topic) {
        try {
            Futures.await(admin.deleteTopics(List.of(topic)).all());
        } catch (UnknownTopicOrPartitionException e) {
            // Somebody has deleted it.
        }
    }
}
