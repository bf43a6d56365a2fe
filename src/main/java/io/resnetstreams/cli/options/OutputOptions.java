package io.resnetstreams.cli.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.common.PlainText;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/** The options that every command has. With {@code --json}, standard output has only JSON, and text goes to standard error. */
public final class OutputOptions {
    @Option(names = "--json", description = "Print only JSON to standard output, and text to standard error.")
    public boolean json;

    @Option(names = "--debug", description = "Show stack traces and debug messages.")
    boolean debug;

    /** Returns the stream for text. It escapes terminal control characters. */
    public PrintStream text() {
        return new PlainPrintStream(json ? System.err : System.out);
    }

    /** Prints a line of text. */
    public void println(String line) {
        text().println(line);
    }

    /** Prints formatted text. */
    public void printf(String format, Object... arguments) {
        text().printf(format, arguments);
    }

    /** Prints a JSON value as one line to standard output if {@code --json} was given. */
    public void printJson(Object value) {
        if (json) {
            try {
                // Control characters occur only in strings, where their escapes are valid JSON.
                System.out.println(PlainText.of(Json.MAPPER.writeValueAsString(value)));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("cannot write " + value.getClass() + " as JSON", e);
            }
        }
    }

    /** A class of its own because loading Jackson would slow down {@code --help}. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();
    }
}
