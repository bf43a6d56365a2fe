package io.resnetstreams.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The state of a {@link MemoryProbe}, printed as a line of JSON.
 *
 * @param inFlightEvents events that are consumed but not yet forwarded
 * @param full whether the in-flight window is full
 * @param labels labels forwarded so far
 * @param deadLetters dead letters forwarded so far
 */
public record ProbeState(int inFlightEvents, long inFlightBytes, boolean full, long labels, long deadLetters) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns whether a line is a state and not a log message. */
    static boolean isState(String line) {
        return line.startsWith("{");
    }

    /**
     * Parses a line.
     *
     * @throws IllegalStateException if the line can't be parsed; the message has the line
     */
    static ProbeState parse(String line) {
        try {
            return JSON.readValue(line, ProbeState.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the probe's line is '" + line + "'; a state in JSON is needed", e);
        }
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + this + " as JSON", e);
        }
    }
}
