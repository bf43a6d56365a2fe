package io.resnetstreams.model.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * Writes parameters in MXNet's own format (src/ndarray/ndarray.cc, {@code NDArray::Save} of a list), which DJL has no
 * writer for. All values are float32, little endian.
 */
public final class ParametersFile {
    private static final long LIST_MAGIC = 0x112;
    private static final int ARRAY_MAGIC = 0xF993FACA;
    private static final int DENSE = 0;
    private static final int CPU = 1;
    private static final int FLOAT32 = 0;

    private ParametersFile() {}

    /**
     * Writes a file.
     *
     * @param values gives each parameter's values, row-major
     * @throws IllegalArgumentException if a value is missing or has another size than its shape
     */
    public static void write(
            Path file, Map<String, ParameterShape> parameters, Function<ParameterShape, float[]> values)
            throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            out.write(buffer(24)
                    .putLong(LIST_MAGIC)
                    .putLong(0)
                    .putLong(parameters.size())
                    .array());
            for (ParameterShape parameter : parameters.values()) {
                writeArray(out, parameter, values.apply(parameter));
            }
            out.write(buffer(8).putLong(parameters.size()).array());
            for (ParameterShape parameter : parameters.values()) {
                String prefix = parameter.kind() == ParameterShape.Kind.RUNNING ? "aux:" : "arg:";
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
        header.putInt(ARRAY_MAGIC).putInt(DENSE).putInt(shape.length);
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
