package io.resnetstreams.model.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.Device;
import ai.djl.mxnet.engine.MxNDManager;
import ai.djl.mxnet.jna.JnaUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ParameterShape.Kind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Parameters in MXNet's own format (src/ndarray/ndarray.cc, {@code NDArray::Save} of a list). The engine reads them; DJL
 * has no writer. Values are written as float32, little endian.
 */
public final class ParametersFile {
    private static final String ARGUMENT = "arg:";
    private static final String AUXILIARY = "aux:";
    private static final int DENSE = 0;
    private static final int CPU = 1;
    private static final int FLOAT32 = 0;

    private ParametersFile() {}

    /** Parameters by name; auxiliary states are {@link Kind#RUNNING}, arguments {@link Kind#TRAINED}. */
    public record Content(Map<String, ParameterShape> shapes, Map<String, float[]> values) {}

    /** Reads a file; {@link ParametersCheck} refuses it with an {@link IllegalArgumentException} before the engine reads it. */
    public static Content read(Path file) {
        try {
            ParametersCheck.require(file);
        } catch (InvalidModelException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        Content content = new Content(new LinkedHashMap<>(), new LinkedHashMap<>());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), MxNet.engine())) {
            for (NDArray array : JnaUtils.loadNdArray((MxNDManager) manager, file, Device.cpu())) {
                String name = array.getName().substring(array.getName().indexOf(':') + 1);
                Kind kind = array.getName().startsWith(AUXILIARY) ? Kind.RUNNING : Kind.TRAINED;
                int[] shape = Arrays.stream(array.getShape().getShape())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                content.shapes().put(name, new ParameterShape(name, kind, shape));
                content.values().put(name, array.toType(DataType.FLOAT32, false).toFloatArray());
            }
        }
        return content;
    }

    /** Writes a file of {@code values}, row-major, which must fit each parameter's shape. */
    public static void write(
            Path file, Map<String, ParameterShape> parameters, Function<ParameterShape, float[]> values)
            throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            out.write(buffer(24)
                    .putLong(ParametersCheck.LIST_MAGIC)
                    .putLong(0)
                    .putLong(parameters.size())
                    .array());
            for (ParameterShape parameter : parameters.values()) {
                writeArray(out, parameter, values.apply(parameter));
            }
            out.write(buffer(8).putLong(parameters.size()).array());
            for (ParameterShape parameter : parameters.values()) {
                String prefix = parameter.kind() == Kind.RUNNING ? AUXILIARY : ARGUMENT;
                byte[] name = (prefix + parameter.name()).getBytes(UTF_8);
                out.write(buffer(8).putLong(name.length).array());
                out.write(name);
            }
        }
    }

    private static void writeArray(OutputStream out, ParameterShape parameter, float[] values) throws IOException {
        if (values == null || values.length != parameter.size()) {
            throw new IllegalArgumentException("parameter " + parameter.name() + " has "
                    + (values == null ? "no" : Integer.toString(values.length)) + " values; its shape "
                    + parameter.tuple() + " needs " + parameter.size());
        }
        int[] shape = parameter.shape();
        ByteBuffer header = buffer(24 + 8 * shape.length);
        header.putInt(ParametersCheck.V3_MAGIC).putInt(DENSE).putInt(shape.length);
        for (int extent : shape) {
            header.putLong(extent);
        }
        header.putInt(CPU).putInt(0).putInt(FLOAT32);
        out.write(header.array());
        ByteBuffer data = buffer(4 * values.length);
        data.asFloatBuffer().put(values);
        out.write(data.array());
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
