package io.resnetstreams.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/**
 * The options every command has. With {@code --json}, standard output carries JSON alone and what is meant for people
 * goes to standard error.
 */
public final class OutputOptions {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--json",
            description = "Standard output carries JSON alone; text for people goes to standard error.")
    boolean json;

    @Option(names = "--debug", description = "Show stack traces and debug logging.")
    boolean debug;

    /** Returns where text for people goes. */
    @SuppressWarnings("resource")
    PrintStream text() {
        return json ? System.err : System.out;
    }

    /** Prints one JSON value as one line to standard output, when {@code --json} was given. */
    void printJson(Object value) {
        if (json) {
            try {
                System.out.println(JSON.writeValueAsString(value));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("cannot write " + value.getClass() + " as JSON", e);
            }
        }
    }
}
