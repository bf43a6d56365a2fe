package io.resnetstreams.events;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The vector of an image in front of the network's last layer.
 *
 * @param type the type of the values
 * @param length the number of values
 * @param values the values in little-endian order; Base64 in JSON. Must not be modified
 */
@JsonPropertyOrder({"type", "length", "values"})
public record Embedding(Type type, int length, byte[] values) {
    /** IEEE 754 binary32 or binary16. */
    public enum Type {
        FP32,
        FP16;

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
