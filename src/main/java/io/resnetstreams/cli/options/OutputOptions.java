package io.resnetstreams.cli.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.common.PlainText;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/**
 * The options every command has. With {@code --json}, standard output carries JSON alone and what is meant for people
 * goes to standard error.
 */
public final class OutputOptions {
    @Option(
            names = "--json",
            description = "Standard output carries JSON alone; text for people goes to standard error.")
    public boolean json;

    @Option(names = "--debug", description = "Show stack traces and debug logging.")
    boolean debug;

    /** Returns where text for people goes; what terminals obey is escaped on the way. */
    @SuppressWarnings("resource")
    public PrintStream text() {
        return new PlainPrintStream(json ? System.err : System.out);
    }

    /** Prints one JSON value as one line to standard output, when {@code --json} was given. */
    public void printJson(Object value) {
        if (json) {
            try {
                // Whatever is escaped stands within a string.
                System.out.println(PlainText.of(Json.MAPPER.writeValueAsString(value)));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("cannot write " + value.getClass() + " as JSON", e);
            }
        }
    }

    /** Loaded where it is needed: every command has these options, and {@code --help} should not wait for a library. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();
    }
}
