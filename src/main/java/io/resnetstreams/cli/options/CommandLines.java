package io.resnetstreams.cli.options;

import picocli.CommandLine.Model.CommandSpec;

/** The command line that a model is told to come from. */
public final class CommandLines {
    private CommandLines() {}

    public static String of(CommandSpec spec) {
        return "resnet-streams "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }
}
