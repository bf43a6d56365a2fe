package io.resnetstreams.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a completion script. */
@Command(
        name = "completion",
        description = "Print a completion script for bash and zsh.",
        footer = {
            "",
            "Example:",
            "  source <(resnet-streams completion)",
            "",
            "In zsh, first run: autoload -U +X bashcompinit && bashcompinit"
        })
final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandSpec root = spec.root();
        System.out.print(AutoComplete.bash(root.name(), root.commandLine()));
        System.out.flush();
    }
}
