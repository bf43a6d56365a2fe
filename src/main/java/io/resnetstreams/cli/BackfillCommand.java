package io.resnetstreams.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Everything about relabelling. */
@Command(
        name = "backfill",
        description = "Compares what two models said of the same events.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {BackfillDiffCommand.class, CommandLine.HelpCommand.class},
        footer = "%nExample: resnet-streams backfill diff live image-labels-int8")
final class BackfillCommand {}
