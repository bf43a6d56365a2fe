package io.resnetstreams.model.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.Device;
import ai.djl.mxnet.engine.MxNDManager;
import ai.djl.mxnet.jna.JnaUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ParameterShape.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
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
    private static final long LIST_MAGIC = 0x112;
    private static final int V1_MAGIC = 0xF993FAC8;
    private static final int V2_MAGIC = 0xF993FAC9;
    private static final int V3_MAGIC = 0xF993FACA;
    private static final long MOST_ARRAYS = 100_000; // ResNet-152 has 932
    private static final int MOST_DIMENSIONS = 32;
    private static final int LONGEST_NAME = 4_096;
    /** Bytes per value, by the engine's type number: float32, float64, float16, uint8, int32, int8, int64, bool, int16,
     * uint16, uint32, uint64, bfloat16. */
    private static final int[] BYTES = {4, 8, 2, 1, 4, 1, 8, 1, 2, 2, 4, 8, 2};

    private static final String ARGUMENT = "arg:";
    private static final String AUXILIARY = "aux:";
    private static final int DENSE = 0;
    private static final int CPU = 1;
    private static final int FLOAT32 = 0;

    private ParametersFile() {}

    /** @throws InvalidModelException if a file has another format, or claims more than it holds; the message says where */
    public static void require(Path file) throws InvalidModelException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            new Check(file, in).requireList();
        } catch (EOFException e) {
            throw new InvalidModelException(file + ": ends within its parameters; check that the file is complete", e);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    /** @throws InvalidModelException if a file has another known format; the message says which */
    public static void requireFormat(Path file) throws InvalidModelException, IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            if (Files.size(file) < Long.BYTES || new Check(file, in).readLong() != LIST_MAGIC) {
                ForeignFile.refuse(file, "a file of MXNet's parameters");
            }
        }
    }

    /** Parameters by name; auxiliary states are {@link Kind#RUNNING}, arguments {@link Kind#TRAINED}. */
    public record Content(Map<String, ParameterShape> shapes, Map<String, float[]> values) {}

    /** Reads a file; throws an {@link IllegalArgumentException} if {@link #require} refuses it. */
    public static Content read(Path file) {
        try {
            require(file);
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

    /**
     * Reads a file without its values, because the engine allocates memory for whatever counts and extents the file claims.
     */
    private record Check(Path file, DataInputStream in) {
        private void requireList() throws IOException, InvalidModelException {
            require(readLong() == LIST_MAGIC, "is not a file of MXNet's parameters");
            readLong(); // reserved
            long arrays = readLong();
            require(
                    arrays >= 0 && arrays <= MOST_ARRAYS,
                    "claims " + Long.toUnsignedString(arrays) + " parameters; allowed are 0 to " + MOST_ARRAYS);
            for (long array = 0; array < arrays; array++) {
                skipArray(array);
            }
            long names = readLong();
            require(
                    names == 0 || names == arrays,
                    "has " + Long.toUnsignedString(names) + " names for " + arrays + " parameters");
            for (long name = 0; name < names; name++) {
                long size = readLong();
                require(
                        size >= 0 && size <= LONGEST_NAME,
                        "claims a name of " + Long.toUnsignedString(size) + " bytes; allowed are 0 to " + LONGEST_NAME);
                in.skipNBytes(size);
            }
        }

        private void skipArray(long number) throws IOException, InvalidModelException {
            int magic = readInt();
            boolean hasStorage = magic == V2_MAGIC || magic == V3_MAGIC;
            require(!hasStorage || readInt() == 0, "parameter " + number + " is not dense");
            // The oldest format has no magic number: it starts with the number of dimensions.
            boolean isOldest = !hasStorage && magic != V1_MAGIC;
            int dimensions = isOldest ? magic : readInt();
            if (magic == V3_MAGIC ? dimensions == -1 : dimensions == 0) {
                // An empty array has no further fields.
                return;
            }
            require(
                    dimensions >= 0 && dimensions <= MOST_DIMENSIONS,
                    "parameter " + number + " claims " + Integer.toUnsignedString(dimensions)
                            + " dimensions; allowed are 0 to " + MOST_DIMENSIONS);
            long length = Files.size(file);
            long values = 1;
            for (int dimension = 0; dimension < dimensions; dimension++) {
                long extent = isOldest ? Integer.toUnsignedLong(readInt()) : readLong();
                require(
                        extent == 0 || extent > 0 && values <= length / extent,
                        "parameter " + number + " claims more values than the file has bytes");
                values *= extent;
            }
            readLong(); // the device that the array was saved from
            int type = readInt();
            require(type >= 0 && type < BYTES.length, "parameter " + number + " is of the unknown type " + type);
            in.skipNBytes(values * BYTES[type]);
        }

        private void require(boolean holds, String fault) throws InvalidModelException {
            if (!holds) {
                throw new InvalidModelException(file + ": " + fault);
            }
        }

        /** Numbers are little endian. */
        private int readInt() throws IOException {
            return Integer.reverseBytes(in.readInt());
        }

        private long readLong() throws IOException {
            return Long.reverseBytes(in.readLong());
        }
    }
}
