package io.resnetstreams.cli;

import io.resnetstreams.cli.backfill.BackfillCommand;
import io.resnetstreams.cli.dlq.DlqCommand;
import io.resnetstreams.cli.model.ModelCommand;
import io.resnetstreams.common.PlainText;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.service.BuildVersion;
import io.resnetstreams.service.Logging;
import io.resnetstreams.service.OptimisingCompiler;
import io.resnetstreams.service.ProcessEnd;
import io.resnetstreams.service.StandardOutput;
import io.resnetstreams.service.Termination;
import java.util.List;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point. Parses the command line, runs the command, and reports a failure as one line and an exit code of 1 or 2. */
@Command(
        name = "resnet-streams",
        description = "Classify image events, using Kafka Streams and DJL with MXNet or ONNX Runtime.",
        versionProvider = BuildVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example:",
            "  resnet-streams demo",
            "",
            "Use 'resnet-streams COMMAND --help' for more information about a command."
        },
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            BrokerCommand.class,
            TopicsCommand.class,
            BackfillCommand.class,
            BenchCommand.class,
            Main.CompletionCommand.class,
            CheckCommand.class,
            DlqCommand.class,
            ProduceCommand.class,
            LabelsCommand.class,
            ClassifyCommand.class,
            TopologyCommand.class,
            ModelCommand.class
        })
public final class Main {
    private static final Pattern SECRET = Pattern.compile(
            "((?:password|secret|jaas\\.config|keystore\\.key)[\\w.]*[=:\\s]\\s*).+",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        StandardOutput.install();
        Logging.prepare(List.of(arguments));
        OptimisingCompiler.restrict();
        Termination.handleSignals();
        ProcessEnd.end(execute(arguments));
    }

    private static int execute(String[] arguments) {
        try {
            return commandLine().execute(arguments);
        } catch (LinkageError e) {
            // A native library can't be loaded on this machine. picocli handles only exceptions.
            System.err.println("resnet-streams failed: " + Failures.describe(e));
            if (List.of(arguments).contains("--debug")) {
                e.printStackTrace();
            }
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    static CommandLine commandLine() {
        return commandLine(new Main());
    }

    /** Returns the command line of a single command. */
    static CommandLine commandLine(Object command) {
        return prepared(new CommandLine(command));
    }

    /** Adds the help option and the handlers that report failures. */
    static CommandLine prepared(CommandLine commandLine) {
        addHelp(commandLine);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(Main::explainWrongUsage);
        commandLine.setExecutionExceptionHandler(Main::explainFailure);
        return commandLine;
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.getSubcommands().values().forEach(Main::addHelp);
    }

    private static int explainWrongUsage(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        System.err.println(PlainText.lines(hideSecrets(exception.getMessage()) + suggestion(exception)));
        System.err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    /** Returns the text up to the first secret value. */
    private static String hideSecrets(String text) {
        return SECRET.matcher(text).replaceFirst("$1[hidden]");
    }

    private static String suggestion(ParameterException exception) {
        return exception instanceof CommandLine.UnmatchedArgumentException unmatched
                        && !unmatched.getSuggestions().isEmpty()
                // The first suggestion is the closest; the others are often unrelated.
                ? "; did you mean " + unmatched.getSuggestions().get(0) + "?"
                : "";
    }

    private static int explainFailure(Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
        boolean debug = parsed.originalArgs().contains("--debug");
        int exitCode = CommandLine.ExitCode.SOFTWARE;
        if (exception instanceof UserErrorException mistake) {
            System.err.println(mistake.getMessage());
            exitCode = mistake.exitCode();
        } else if (Failures.refusal(exception) != null) {
            System.err.println(Failures.refusal(exception));
        } else {
            System.err.println(command.getCommandSpec().qualifiedName() + " failed: " + Failures.describe(exception)
                    + (debug ? "" : " (use --debug for the stack trace)"));
        }
        if (debug) {
            exception.printStackTrace();
        }
        return exitCode;
    }

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
    static final class CompletionCommand implements Runnable {
        @Spec
        private CommandSpec spec;

        @Override
        public void run() {
            CommandSpec root = spec.root();
            System.out.print(AutoComplete.bash(root.name(), root.commandLine()));
            System.out.flush();
        }
    }
}
