package io.resnetstreams.model.network;

import ai.djl.Device;
import ai.djl.mxnet.engine.MxNDManager;
import ai.djl.mxnet.jna.JnaUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ParameterShape.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads parameters in the engine's format, through the engine. */
public final class ParametersReader {
    private static final String AUXILIARY = "aux:";

    private ParametersReader() {}

    /** A parameter as it is stored; auxiliary states are {@link Kind#RUNNING}, arguments {@link Kind#TRAINED}. */
    public record Stored(ParameterShape shape, float[] values) {}

    /** Returns the values of each parameter of a file, row-major, by name. */
    public static Map<String, float[]> read(Path parameters) {
        Map<String, float[]> values = new LinkedHashMap<>();
        stored(parameters).forEach((name, parameter) -> values.put(name, parameter.values()));
        return values;
    }

    /**
     * Reads a file, which is checked before the engine takes memory for it.
     *
     * @throws IllegalArgumentException if it is none of the engine's, or claims more than it holds
     */
    public static Map<String, Stored> stored(Path file) {
        try {
            ParametersCheck.require(file);
        } catch (InvalidModelException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        Map<String, Stored> parameters = new LinkedHashMap<>();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), MxNet.engine())) {
            for (NDArray array : JnaUtils.loadNdArray((MxNDManager) manager, file, Device.cpu())) {
                // As stored: arg:NAME or aux:NAME.
                String name = array.getName().substring(array.getName().indexOf(':') + 1);
                Kind kind = array.getName().startsWith(AUXILIARY) ? Kind.RUNNING : Kind.TRAINED;
                int[] shape = Arrays.stream(array.getShape().getShape())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                NDArray floats = array.toType(DataType.FLOAT32, false);
                parameters.put(name, new Stored(new ParameterShape(name, kind, shape), floats.toFloatArray()));
            }
        }
        return parameters;
    }
}
