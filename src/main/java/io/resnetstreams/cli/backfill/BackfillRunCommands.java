package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.backfill.DeadLetterCounter;
import io.resnetstreams.backfill.GroupProgress.Progress;
import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands for existing runs. */
final class BackfillRunCommands {
    private BackfillRunCommands() {}

    /** A command for one run. */
    abstract static class OneRun extends KafkaCommand {
        @Parameters(paramLabel = "RUN", description = "Name of the run.")
        String name;

        @Override
        public final Integer call() {
            try (BackfillRuns runs = BackfillRuns.open(load())) {
                call(runs, runs.require(name));
            }
            return 0;
        }

        abstract void call(BackfillRuns runs, BackfillRun run);
    }

    @Command(
            name = "list",
            description = "List all runs of the application with their progress.",
            footer = {"", "Example:", "  resnet-streams backfill list"})
    static final class ListCommand extends KafkaCommand {
        @Override
        public Integer call() {
            List<Map<String, Object>> rows = new ArrayList<>();
            try (BackfillRuns runs = BackfillRuns.open(load())) {
                for (BackfillRun run : runs.store().runs().values()) {
                    Progress progress = runs.progress(run);
                    Map<String, Object> row = BackfillReport.summary(run);
                    row.put(
                            "created",
                            Instant.ofEpochMilli(run.plan().createdMillis()).toString());
                    row.put("done", progress.done());
                    row.put("total", progress.total());
                    rows.add(row);
                    output.printf(
                            "%-24s %-10s %,12d of %,12d  %s -> %s  %s%n",
                            run.plan().run(),
                            run.stateName(),
                            progress.done(),
                            progress.total(),
                            run.plan().parameters().input(),
                            run.plan().parameters().output(),
                            row.get("created"));
                }
            }
            output.printJson(Map.of("runs", rows));
            output.println("runs: " + rows.size());
            return 0;
        }
    }

    @Command(
            name = "status",
            description = "Show the progress of a run, according to the committed offsets of its group.",
            footer = {"", "Example:", "  resnet-streams backfill status new"})
    static final class StatusCommand extends OneRun {
        @Override
        void call(BackfillRuns runs, BackfillRun run) {
            Progress progress = runs.progress(run);
            int members = runs.members(run);
            long deadLetters = run.result() != null ? run.result().deadLetters() : deadLetters(runs.clients(), run);
            Map<String, Object> summary = BackfillReport.summary(run);
            summary.put("done", progress.done());
            summary.put("total", progress.total());
            summary.put("partitionsDone", progress.partitionsDone());
            summary.put("partitions", progress.partitions());
            summary.put("members", members);
            summary.put("deadLetters", deadLetters);
            output.printJson(summary);
            output.printf(
                    "run '%s' is %s: %,d of %s, %d of %s, %s; members of group %s: %d%n",
                    name,
                    run.stateName(),
                    progress.done(),
                    Text.count(progress.total(), "offset"),
                    progress.partitionsDone(),
                    Text.count(progress.partitions(), "partition"),
                    Text.count(deadLetters, "dead letter"),
                    run.plan().group(),
                    members);
            BackfillParameters parameters = run.plan().parameters();
            output.printf(
                    "%s from %s to %s, with %s, to %s and %s%n",
                    parameters.input(),
                    parameters.from(),
                    parameters.to(),
                    parameters.model().name(),
                    parameters.output(),
                    parameters.deadLetters());
            if (run.result() != null) {
                BackfillReport.print(output, run);
            }
        }

        private static long deadLetters(KafkaClients clients, BackfillRun run) {
            try (DeadLetterCounter counter = new DeadLetterCounter(clients, run.plan())) {
                return counter.countAll();
            }
        }
    }

    @Command(
            name = "cancel",
            description = {
                "Cancel a run.",
                "",
                "Its processes exit within about a second, with exit code 1. The run can't be resumed; its output"
                        + " remains."
            },
            footer = {"", "Example:", "  resnet-streams backfill cancel new"})
    static final class CancelCommand extends OneRun {
        @Override
        void call(BackfillRuns runs, BackfillRun existing) {
            BackfillRun run = runs.store()
                    .change(name, current -> current == null ? null : current.cancelled(System.currentTimeMillis()));
            if (run == null || run.state() == BackfillRun.State.FINISHED) {
                throw UserErrorException.shortfall(
                        "run '" + name + "' has already " + (run == null ? "been removed" : "finished"), null);
            }
            output.printJson(BackfillReport.summary(run));
            output.println("run '" + name + "' is cancelled");
        }
    }

    @Command(
            name = "clean",
            description = {
                "Remove a run: delete its consumer groups and its state, so that its name can be reused.",
                "",
                "No process may be working on the run. Its labels and dead letters remain unless --delete-output is"
                        + " given."
            },
            footer = {"", "Example:", "  resnet-streams backfill clean new"})
    static final class CleanCommand extends OneRun {
        @Option(names = "--delete-output", description = "Also delete the label and dead-letter topics of the run.")
        private boolean deleteOutput;

        @Override
        void call(BackfillRuns runs, BackfillRun run) {
            int members = runs.members(run);
            if (members > 0) {
                throw UserErrorException.usage("run '" + name + "' is still being processed (members of its group: "
                        + members + "); to cancel it, use 'backfill cancel " + name + "'");
            }
            BackfillParameters parameters = run.plan().parameters();
            List<String> topics = deleteOutput ? List.of(parameters.output(), parameters.deadLetters()) : List.of();
            try (Admin admin = runs.clients().admin()) {
                deleteGroup(admin, run.plan().group());
                deleteGroup(admin, run.plan().auditGroup());
                topics.forEach(topic -> deleteTopic(admin, topic));
            }
            runs.store().change(name, current -> null);
            output.printJson(Map.of("run", name, "deletedTopics", topics));
            output.println("run '" + name + "' is removed" + (topics.isEmpty() ? "" : "; deleted topics: " + topics));
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
}
