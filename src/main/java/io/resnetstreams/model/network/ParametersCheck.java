package io.resnetstreams.model.network;

import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Checks a file in MXNet's format of parameters ({@code NDArray::Load} of a list) before the engine reads it, because the
 * engine allocates memory for whatever counts and extents the file claims. Values are skipped.
 *
 * <p>Threading: one thread. Memory: a few kilobytes.
 */
public final class ParametersCheck {
    private static final byte[] MAGIC = {0x12, 1, 0, 0, 0, 0, 0, 0};
    private static final long LIST_MAGIC = 0x112;
    private static final int V1_MAGIC = 0xF993FAC8;
    private static final int V2_MAGIC = 0xF993FAC9;
    private static final int V3_MAGIC = 0xF993FACA;
    /** ResNet-152 has 932. */
    private static final long MOST_ARRAYS = 100_000;

    private static final int MOST_DIMENSIONS = 32;
    private static final int LONGEST_NAME = 4_096;
    /** Bytes per value, by the engine's type number: float32, float64, float16, uint8, int32, int8, int64, bool, int16,
     * uint16, uint32, uint64, bfloat16. */
    private static final int[] BYTES = {4, 8, 2, 1, 4, 1, 8, 1, 2, 2, 4, 8, 2};

    private final Path file;
    private final FileChannel channel;
    private final long length;
    private long position;

    private ParametersCheck(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.length = channel.size();
    }

    /**
     * Checks a file.
     *
     * @throws InvalidModelException if it has another format, or claims more than it holds; the message says where
     */
    public static void require(Path file) throws InvalidModelException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            new ParametersCheck(file, channel).requireList();
        } catch (EOFException e) {
            throw new InvalidModelException(file + ": ends within its parameters; check that the file is complete", e);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    /**
     * Refuses a file of another known format.
     *
     * @throws InvalidModelException if it is one; the message says which
     */
    public static void requireFormat(Path file) throws InvalidModelException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(start, MAGIC)) {
                ForeignFile.refuse(file, "a file of MXNet's parameters");
            }
        }
    }

    private void requireList() throws IOException, InvalidModelException {
        ByteBuffer head = read(24);
        if (head.getLong() != LIST_MAGIC) {
            throw invalid("is not a file of MXNet's parameters");
        }
        long arrays = head.getLong(16);
        if (arrays < 0 || arrays > MOST_ARRAYS) {
            throw invalid("claims " + Long.toUnsignedString(arrays) + " parameters; allowed are 0 to " + MOST_ARRAYS);
        }
        for (long array = 0; array < arrays; array++) {
            skipArray(array);
        }
        long names = read(8).getLong();
        if (names != 0 && names != arrays) {
            throw invalid("has " + Long.toUnsignedString(names) + " names for " + arrays + " parameters");
        }
        for (long name = 0; name < names; name++) {
            long size = read(8).getLong();
            if (size < 0 || size > LONGEST_NAME) {
                throw invalid(
                        "claims a name of " + Long.toUnsignedString(size) + " bytes; allowed are 0 to " + LONGEST_NAME);
            }
            skip(size);
        }
    }

    private void skipArray(long number) throws IOException, InvalidModelException {
        int magic = read(4).getInt();
        boolean hasStorage = magic == V2_MAGIC || magic == V3_MAGIC;
        if (hasStorage && read(4).getInt() != 0) {
            throw invalid("parameter " + number + " is not dense");
        }
        // The oldest format has no magic number: it starts with the number of dimensions.
        boolean isOldest = !hasStorage && magic != V1_MAGIC;
        int dimensions = isOldest ? magic : read(4).getInt();
        if (magic == V3_MAGIC ? dimensions == -1 : dimensions == 0) {
            // An empty array has no further fields.
            return;
        }
        if (dimensions < 0 || dimensions > MOST_DIMENSIONS) {
            throw invalid("parameter " + number + " claims " + Integer.toUnsignedString(dimensions)
                    + " dimensions; allowed are 0 to " + MOST_DIMENSIONS);
        }
        long values = 1;
        for (int dimension = 0; dimension < dimensions; dimension++) {
            long extent = isOldest ? Integer.toUnsignedLong(read(4).getInt()) : read(8).getLong();
            if (extent < 0 || extent > 0 && values > length / extent) {
                throw invalid("parameter " + number + " claims more values than the file has bytes");
            }
            values *= extent;
        }
        // The device that the array was saved from, then the type.
        int type = read(12).getInt(8);
        if (type < 0 || type >= BYTES.length) {
            throw invalid("parameter " + number + " is of the unknown type " + type);
        }
        skip(values * BYTES[type]);
    }

    private InvalidModelException invalid(String fault) {
        return new InvalidModelException(file + ": " + fault);
    }

    private void skip(long bytes) throws EOFException {
        if (bytes > length - position) {
            throw new EOFException();
        }
        position += bytes;
    }

    private ByteBuffer read(int bytes) throws IOException {
        long from = position;
        skip(bytes);
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }
}
