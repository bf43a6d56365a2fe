package io.resnetstreams.model.network;

import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checks a file in MXNet's format of parameters ({@code NDArray::Load} of a list) before the engine reads it, because
 * the engine allocates memory for whatever counts and extents the file claims. Values are skipped. One thread.
 */
public final class ParametersCheck {
    static final long LIST_MAGIC = 0x112;
    private static final int V1_MAGIC = 0xF993FAC8;
    private static final int V2_MAGIC = 0xF993FAC9;
    static final int V3_MAGIC = 0xF993FACA;
    private static final long MOST_ARRAYS = 100_000; // ResNet-152 has 932
    private static final int MOST_DIMENSIONS = 32;
    private static final int LONGEST_NAME = 4_096;
    /** Bytes per value, by the engine's type number: float32, float64, float16, uint8, int32, int8, int64, bool, int16,
     * uint16, uint32, uint64, bfloat16. */
    private static final int[] BYTES = {4, 8, 2, 1, 4, 1, 8, 1, 2, 2, 4, 8, 2};

    private final Path file;
    private final DataInputStream in;

    private ParametersCheck(Path file, InputStream in) {
        this.file = file;
        this.in = new DataInputStream(new BufferedInputStream(in));
    }

    /** @throws InvalidModelException if a file has another format, or claims more than it holds; the message says where */
    public static void require(Path file) throws InvalidModelException {
        try (InputStream in = Files.newInputStream(file)) {
            new ParametersCheck(file, in).requireList();
        } catch (EOFException e) {
            throw new InvalidModelException(file + ": ends within its parameters; check that the file is complete", e);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    /** @throws InvalidModelException if a file has another known format; the message says which */
    public static void requireFormat(Path file) throws InvalidModelException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            if (Files.size(file) < Long.BYTES || new ParametersCheck(file, in).readLong() != LIST_MAGIC) {
                ForeignFile.refuse(file, "a file of MXNet's parameters");
            }
        }
    }

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
