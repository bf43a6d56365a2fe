package io.resnetstreams.cli.options;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command with the options that every command has. */
public abstract class OutputCommand implements Callable<Integer> {
    @Mixin
    protected OutputOptions output;

    @Spec
    private CommandSpec spec;

    /** Returns the command line of the process, as recorded in models and reports. */
    protected final String commandLine() {
        return "resnet-streams "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }
}
