package io.resnetstreams.cli.model;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Everything about models. */
@Command(
        name = "model",
        description = "Lists, shows, imports, verifies, trains, evaluates and quantizes models.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ModelListCommand.class,
            ModelShowCommand.class,
            ModelImportCommand.class,
            ModelVerifyCommand.class,
            ModelTrainCommand.class,
            ModelEvaluateCommand.class,
            ModelQuantizeCommand.class,
            ModelExperimentCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = "%nExample: resnet-streams model list")
public final class ModelCommand {}
