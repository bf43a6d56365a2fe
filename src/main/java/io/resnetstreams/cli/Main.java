package io.resnetstreams.cli;

import io.resnetstreams.events.PlainText;
import io.resnetstreams.inference.DeviceThreads;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command line's entry: parses, runs, and turns failures into one line and an exit code (0, 1 or 2). */
@Command(
        name = "resnet-streams",
        description = "Image events in, ResNet labels out: Kafka Streams and DJL's MXNet engine.",
        versionProvider = BuildVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = "%nExample: resnet-streams demo%nEach command has a --help of its own.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            BrokerCommand.class,
            TopicsCommand.class,
            BackfillCommand.class,
            BenchCommand.class,
            CompletionCommand.class,
            CheckCommand.class,
            DlqCommand.class,
            ProduceCommand.class,
            LabelsCommand.class,
            ClassifyCommand.class,
            TopologyCommand.class,
            ModelCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        StandardOutput.install();
        Logging.prepare(List.of(arguments));
        end(execute(arguments));
    }

    private static int execute(String[] arguments) {
        try {
            return commandLine().execute(arguments);
        } catch (LinkageError e) {
            // A native library that this machine can't load; picocli handles exceptions alone.
            System.err.println("resnet-streams failed: " + Failures.describe(e));
            if (List.of(arguments).contains("--debug")) {
                e.printStackTrace();
            }
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** Ends the process with the exit code, or another one where standard output failed: in Java's way, or at once where the engine's library would crash or hang in its own end. */
    static void end(int exitCode) {
        if (DeviceThreads.areRunning()) {
            endAtOnce(exitCode);
        }
        System.exit(StandardOutput.checked(exitCode));
    }

    /**
     * Ends the process without any shutdown hook, Java's or a native library's; safe whatever any thread is doing. Does not
     * return.
     */
    static void endAtOnce(int exitCode) {
        int checked = StandardOutput.checked(exitCode);
        System.err.flush();
        CLibrary.INSTANCE._exit(checked);
    }

    /**
     * Ends the process from a shutdown hook with the exit code of a command that did what it was asked to; Java itself
     * would end it with 143 after SIGTERM.
     */
    static void endAfterSignal(int exitCode) {
        int checked = StandardOutput.checked(exitCode);
        System.err.flush();
        Runtime.getRuntime().halt(checked);
    }

    static CommandLine commandLine() {
        return commandLine(new Main());
    }

    /** Returns the same for a command alone. */
    static CommandLine commandLine(Object command) {
        return prepared(new CommandLine(command));
    }

    /** Returns a command with help, and with failures told as all commands tell them. */
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
        System.err.println(PlainText.lines(Redaction.hideSecrets(exception.getMessage()) + suggestion(exception)));
        System.err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static String suggestion(ParameterException exception) {
        return exception instanceof CommandLine.UnmatchedArgumentException unmatched
                        && !unmatched.getSuggestions().isEmpty()
                // The first is the nearest; the others often have little to do with it.
                ? "; did you mean " + unmatched.getSuggestions().get(0) + "?"
                : "";
    }

    private static int explainFailure(Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
        boolean debug = parsed.originalArgs().contains("--debug");
        int exitCode = CommandLine.ExitCode.SOFTWARE;
        if (exception instanceof UserErrorException mistake) {
            System.err.println(mistake.getMessage());
            exitCode = mistake.exitCode();
        } else if (Refusals.explain(exception) != null) {
            System.err.println(Refusals.explain(exception));
        } else {
            System.err.println(command.getCommandSpec().qualifiedName() + " failed: " + Failures.describe(exception)
                    + (debug ? "" : " (--debug shows where)"));
        }
        if (debug) {
            exception.printStackTrace();
        }
        return exitCode;
    }
}
