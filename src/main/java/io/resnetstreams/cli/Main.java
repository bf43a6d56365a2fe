package io.resnetstreams.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The command line's entry: parses, runs, and turns failures into one line and an exit code (0, 1 or 2). */
@Command(
        name = "resnet-streams",
        description = "Image events in, ResNet labels out: Kafka Streams and DJL's MXNet engine.",
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = "%nExample: resnet-streams demo%nEach command has a --help of its own.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            BrokerCommand.class,
            TopicsCommand.class,
            BackfillCommand.class,
            BenchCommand.class,
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
        Logging.prepare(List.of(arguments));
        System.exit(commandLine().execute(arguments));
    }

    /**
     * Ends the process from a shutdown hook with the exit code of a command that did what it was asked to; Java itself
     * would end it with 143 after SIGTERM.
     */
    static void endAfterSignal(int exitCode) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    static CommandLine commandLine() {
        return commandLine(new Main());
    }

    /** Returns the same for a command alone. */
    static CommandLine commandLine(Object command) {
        CommandLine commandLine = new CommandLine(command);
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
        System.err.println(exception.getMessage());
        System.err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int explainFailure(Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
        boolean debug = parsed.originalArgs().contains("--debug");
        int exitCode = CommandLine.ExitCode.SOFTWARE;
        if (exception instanceof UserErrorException mistake) {
            System.err.println(mistake.getMessage());
            exitCode = mistake.exitCode();
        } else {
            System.err.println(command.getCommandSpec().qualifiedName() + " failed: " + Failures.describe(exception)
                    + (debug ? "" : " (--debug shows where)"));
        }
        if (debug) {
            exception.printStackTrace();
        }
        return exitCode;
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"resnet-streams " + (version == null ? "(not packaged)" : version)};
        }
    }
}
