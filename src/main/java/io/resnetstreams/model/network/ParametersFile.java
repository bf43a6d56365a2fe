package io.resnetstreams.model.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ParameterShape.Kind;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * Parameters in MXNet's own format (src/ndarray/ndarray.cc, {@code NDArray::Save} of a list), read and written without
 * the engine. Values are written as float32, little endian.
 */
public final class ParametersFile {
    static final long LIST_MAGIC = 0x112;
    static final int V1_MAGIC = 0xF993FAC8;
    static final int V2_MAGIC = 0xF993FAC9;
    static final int V3_MAGIC = 0xF993FACA;
    static final String AUXILIARY = "aux:";

    private static final String ARGUMENT = "arg:";
    private static final int DENSE = 0;
    private static final int CPU = 1;
    private static final int FLOAT32 = 0;

    private ParametersFile() {}

    /** @throws InvalidModelException if a file has another format, or claims more than it holds; the message says where */
    public static void require(Path file) throws InvalidModelException {
        ParametersReader.read(file, false);
    }

    /** @throws InvalidModelException if a file has another known format; the message says which */
    public static void requireFormat(Path file) throws InvalidModelException, IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            if (Files.size(file) < Long.BYTES || Long.reverseBytes(in.readLong()) != LIST_MAGIC) {
                ForeignFile.refuse(file, "a file of MXNet's parameters");
            }
        }
    }

    /** Parameters by name; auxiliary states are {@link Kind#RUNNING}, arguments {@link Kind#TRAINED}. */
    public record Content(Map<String, ParameterShape> shapes, Map<String, float[]> values) {}

    /** Reads a file; throws an {@link IllegalArgumentException} if {@link #require} refuses it. */
    public static Content read(Path file) {
        try {
            return ParametersReader.read(file, true);
        } catch (InvalidModelException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Writes a file of {@code values}, row-major, which must fit each parameter's shape. */
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
        header.putInt(V3_MAGIC).putInt(DENSE).putInt(shape.length);
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
