package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.ClassIsolation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** The output and exit code of a command that ran in this process as {@link Main} runs it. */
public record CapturedCommand(int exitCode, String out, String err) {
    /** Runs a command until it returns. Replaces the process's standard streams meanwhile. */
    public static CapturedCommand run(String... arguments) {
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, UTF_8));
        System.setErr(new PrintStream(err, true, UTF_8));
        ClassIsolation.resetLogLevels();
        try {
            int exitCode = Main.commandLine().execute(arguments);
            return new CapturedCommand(exitCode, out.toString(UTF_8), err.toString(UTF_8));
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
            ClassIsolation.resetLogLevels();
        }
    }

    public static CapturedCommand run(List<String> arguments) {
        return run(arguments.toArray(String[]::new));
    }

    /** Returns the lines of standard error, without a service's INFO lines. */
    public List<String> errorLines() {
        return err.lines().filter(line -> !line.matches("[\\d:.]{12} INFO .*")).toList();
    }
}
