package io.resnetstreams.model.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.resnetstreams.common.Ranges;
import java.util.Locale;

/** An engine that runs networks. */
public enum EngineName {
    MXNET("MXNet"),
    ONNXRUNTIME("ONNX Runtime");

    private final String title;

    EngineName(String title) {
        this.title = title;
    }

    /** Returns an engine by its name; throws an {@link IllegalArgumentException}, which lists all, if there is none. */
    @JsonCreator
    public static EngineName of(String name) {
        return Ranges.oneOf("engine", name, values(), EngineName::toString);
    }

    /** Returns the engine's own name, for texts. */
    public String title() {
        return title;
    }

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
