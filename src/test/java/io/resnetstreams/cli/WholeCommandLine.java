package io.resnetstreams.cli;

import picocli.CommandLine;

/** Provides the command line of {@link Main} to tests in other packages. */
public final class WholeCommandLine {
    private WholeCommandLine() {}

    /** Returns a new instance that has not parsed anything. */
    public static CommandLine create() {
        return Main.commandLine();
    }
}
