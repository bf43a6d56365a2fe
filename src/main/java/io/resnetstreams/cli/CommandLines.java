package io.resnetstreams.cli;

import picocli.CommandLine.Model.CommandSpec;

/** The command line that a model is told to come from. */
final class CommandLines {
    private CommandLines() {}

    static String of(CommandSpec spec) {
        return "resnet-streams "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }
}
