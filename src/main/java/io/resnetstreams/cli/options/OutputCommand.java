package io.resnetstreams.cli.options;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command with the options that every command has. */
public abstract class OutputCommand implements Callable<Integer> {
    @Mixin
    protected OutputOptions output;
}
