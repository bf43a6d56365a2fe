package io.resnetstreams.cli.options;

import picocli.CommandLine.Model.CommandSpec;

/** The command line, as recorded in models and reports. */
public final class CommandLines {
    private CommandLines() {}

    /** Returns the command line of the process. */
    public static String of(CommandSpec spec) {
        return "resnet-streams "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }
}
