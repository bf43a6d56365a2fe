package io.resnetstreams.model.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.util.Float16Utils;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ParameterShape.Kind;
import io.resnetstreams.model.network.ParametersFile.Content;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads a file of MXNet's parameters. Counts and extents are checked against the size of the file before memory is
 * allocated for them.
 */
final class ParametersReader {
    private static final long MOST_ARRAYS = 100_000; // ResNet-152 has 932
    private static final int MOST_DIMENSIONS = 32;
    private static final int LONGEST_NAME = 4_096;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final DataInputStream in;
    private final long fileBytes;
    private long position;

    private ParametersReader(Path file, DataInputStream in) throws IOException {
        this.file = file;
        this.in = in;
        this.fileBytes = Files.size(file);
    }

    /**
     * Reads shapes and types, and checks them. The values are read from the file each time that they are asked for.
     *
     * @param named whether the parameters must have names; otherwise the content is empty if they have none
     */
    static Content read(Path file, boolean named) throws InvalidModelException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
            return new ParametersReader(file, in).readList(named);
        } catch (EOFException e) {
            throw new InvalidModelException(file + ": ends within its parameters; check that the file is complete", e);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    /** A value type, with the engine's number as its ordinal. */
    private enum Type {
        FLOAT32(4),
        FLOAT64(8),
        FLOAT16(2),
        UINT8(1),
        INT32(4),
        INT8(1),
        INT64(8),
        BOOL(1),
        INT16(2),
        UINT16(2),
        UINT32(4),
        UINT64(8),
        BFLOAT16(2);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        private float next(ByteBuffer values) {
            return switch (this) {
                case FLOAT32 -> values.getFloat();
                case FLOAT64 -> (float) values.getDouble();
                case FLOAT16 -> Float16Utils.halfToFloat(values.getShort());
                case UINT8, BOOL -> values.get() & 0xff;
                case INT32 -> values.getInt();
                case INT8 -> values.get();
                case INT64 -> values.getLong();
                case INT16 -> values.getShort();
                case UINT16 -> values.getShort() & 0xffff;
                case UINT32 -> values.getInt() & 0xffff_ffffL;
                case UINT64 -> Float.parseFloat(Long.toUnsignedString(values.getLong()));
                case BFLOAT16 -> Float.intBitsToFloat(values.getShort() << 16);
            };
        }
    }

    /** An array whose name comes later. */
    private record Unnamed(int[] shape, Supplier<float[]> values) {}

    private Content readList(boolean named) throws IOException, InvalidModelException {
        require(readLong() == ParametersFile.LIST_MAGIC, "is not a file of MXNet's parameters");
        readLong(); // reserved
        long count = readLong();
        require(
                count >= 0 && count <= MOST_ARRAYS,
                "claims " + Long.toUnsignedString(count) + " parameters; allowed are 0 to " + MOST_ARRAYS);
        List<Unnamed> arrays = new ArrayList<>();
        for (long number = 0; number < count; number++) {
            arrays.add(readArray(number));
        }
        long names = readLong();
        require(
                names == 0 || names == count,
                "has " + Long.toUnsignedString(names) + " names for " + count + " parameters");
        require(!named || names == count, "has no names for its parameters");
        Map<String, ParameterShape> shapes = new LinkedHashMap<>();
        ParameterValues values = new ParameterValues();
        for (int number = 0; number < names; number++) {
            String prefixed = readName();
            String name = prefixed.substring(prefixed.indexOf(':') + 1);
            Kind kind = prefixed.startsWith(ParametersFile.AUXILIARY) ? Kind.RUNNING : Kind.TRAINED;
            shapes.put(name, new ParameterShape(name, kind, arrays.get(number).shape()));
            values.set(name, arrays.get(number).values());
        }
        return new Content(shapes, values);
    }

    private String readName() throws IOException, InvalidModelException {
        long size = readLong();
        require(
                size >= 0 && size <= LONGEST_NAME,
                "claims a name of " + Long.toUnsignedString(size) + " bytes; allowed are 0 to " + LONGEST_NAME);
        byte[] name = new byte[(int) size];
        in.readFully(name);
        position += size;
        return new String(name, UTF_8);
    }

    private Unnamed readArray(long number) throws IOException, InvalidModelException {
        int magic = readInt();
        boolean hasStorage = magic == ParametersFile.V2_MAGIC || magic == ParametersFile.V3_MAGIC;
        require(!hasStorage || readInt() == 0, "parameter " + number + " is not dense");
        // The oldest format has no magic number: it starts with the number of dimensions.
        boolean isOldest = !hasStorage && magic != ParametersFile.V1_MAGIC;
        int dimensions = isOldest ? magic : readInt();
        if (magic == ParametersFile.V3_MAGIC ? dimensions == -1 : dimensions == 0) {
            // An empty array has no further fields.
            return new Unnamed(new int[] {0}, () -> new float[0]);
        }
        require(
                dimensions >= 0 && dimensions <= MOST_DIMENSIONS,
                "parameter " + number + " claims " + Integer.toUnsignedString(dimensions)
                        + " dimensions; allowed are 0 to " + MOST_DIMENSIONS);
        long values = 1;
        int[] shape = new int[dimensions];
        for (int dimension = 0; dimension < dimensions; dimension++) {
            long extent = isOldest ? Integer.toUnsignedLong(readInt()) : readLong();
            require(
                    extent == 0 || extent > 0 && extent <= Integer.MAX_VALUE && values <= fileBytes / extent,
                    "parameter " + number + " claims more values than the file has bytes");
            shape[dimension] = (int) extent;
            values *= extent;
        }
        readLong(); // the device that the array was saved from
        int type = readInt();
        require(type >= 0 && type < Type.values().length, "parameter " + number + " is of the unknown type " + type);
        return new Unnamed(shape, skipValues(number, Type.values()[type], values));
    }

    private Supplier<float[]> skipValues(long number, Type type, long count) throws IOException, InvalidModelException {
        long bytes = count * type.bytes;
        require(bytes <= fileBytes, "parameter " + number + " claims more values than the file has bytes");
        require(bytes <= Integer.MAX_VALUE, "parameter " + number + " has more than 2 GiB");
        in.skipNBytes(bytes);
        Path source = file;
        long start = position;
        position += bytes;
        return () -> values(source, start, type, (int) count);
    }

    private static float[] values(Path file, long start, Type type, int count) {
        float[] values = new float[count];
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file)) {
            channel.position(start);
            for (int done = 0; done < count; ) {
                int next = Math.min(count - done, BUFFER_BYTES / type.bytes);
                buffer.clear().limit(next * type.bytes);
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer) < 0) {
                        throw new EOFException("it has become shorter");
                    }
                }
                buffer.flip();
                for (int end = done + next; done < end; done++) {
                    values[done] = type.next(buffer);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
        }
        return values;
    }

    private void require(boolean holds, String fault) throws InvalidModelException {
        if (!holds) {
            throw new InvalidModelException(file + ": " + fault);
        }
    }

    /** Numbers are little endian. */
    private int readInt() throws IOException {
        position += Integer.BYTES;
        return Integer.reverseBytes(in.readInt());
    }

    private long readLong() throws IOException {
        position += Long.BYTES;
        return Long.reverseBytes(in.readLong());
    }
}
