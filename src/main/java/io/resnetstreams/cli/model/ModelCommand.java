package io.resnetstreams.cli.model;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Groups the commands for models. */
@Command(
        name = "model",
        description = "List, show, import, verify, train, evaluate and quantize models.",
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
        footer = {"", "Example:", "  resnet-streams model list"})
public final class ModelCommand {}
