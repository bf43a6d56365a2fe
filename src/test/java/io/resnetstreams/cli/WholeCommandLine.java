package io.resnetstreams.cli;

import picocli.CommandLine;

/** The command line that {@link Main} runs, for tests of other packages. */
public final class WholeCommandLine {
    private WholeCommandLine() {}

    /** Returns it anew; nothing is parsed yet. */
    public static CommandLine create() {
        return Main.commandLine();
    }
}
