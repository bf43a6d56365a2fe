package io.resnetstreams.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What a {@link MemoryProbe} tells of itself, as one line of JSON.
 *
 * @param inFlightEvents events that were consumed and are not yet forwarded
 * @param full whether the in-flight window takes no more
 * @param labels labels forwarded so far
 * @param deadLetters dead letters forwarded so far
 */
public record ProbeState(int inFlightEvents, long inFlightBytes, boolean full, long labels, long deadLetters) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns whether a line is one of these rather than of a log. */
    static boolean isState(String line) {
        return line.startsWith("{");
    }

    /**
     * Reads a line.
     *
     * @throws IllegalStateException if it isn't such JSON; the message has the line
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
