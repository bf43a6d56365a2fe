package io.resnetstreams.model.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads IDX files, the format of MNIST and its successors: a magic number for type and dimensions, the extents, the bytes.
 * Files whose names end with {@code .gz} are compressed with gzip.
 */
public final class IdxFile {
    private static final int IMAGES_MAGIC = 0x0803;
    private static final int LABELS_MAGIC = 0x0801;
    private static final long MOST_BYTES = 1L << 30;

    private IdxFile() {}

    /** Grey images of one size, one byte per pixel, in one array. */
    public record Images(int size, int width, int height, byte[] bytes) {
        /** Returns an image's pixels, H×W, row-major. */
        public byte[] grey(int index) {
            int pixels = width * height;
            return Arrays.copyOfRange(bytes, index * pixels, (index + 1) * pixels);
        }
    }

    /** Returns whether the name is that of an IDX file of images: {@code *idx3-ubyte} or {@code *idx3-ubyte.gz}. */
    public static boolean looksLikeImages(Path file) {
        return file.getFileName().toString().matches(".*idx3-ubyte(\\.gz)?");
    }

    /** @throws IOException if the file is malformed or truncated; the message names the file and the fault */
    public static Images readImages(Path file) throws IOException {
        try (DataInputStream in = open(file)) {
            requireMagic(file, in.readInt(), IMAGES_MAGIC, "images");
            int size = in.readInt();
            int height = in.readInt();
            int width = in.readInt();
            long pixels = (long) height * width;
            // The pixels are checked first, so that the product can't overflow.
            if (size < 0 || height < 1 || width < 1 || pixels > MOST_BYTES || size * pixels > MOST_BYTES) {
                throw new IOException(file + ": claims " + size + " images of " + width + "×" + height + "; at most "
                        + MOST_BYTES + " bytes are read");
            }
            return new Images(size, width, height, readFully(file, in, size * height * width));
        } catch (EOFException e) {
            throw new IOException(file + ": ends before its header", e);
        }
    }

    /** Reads labels, one unsigned byte each; failures as in {@link #readImages}. */
    static int[] readLabels(Path file) throws IOException {
        try (DataInputStream in = open(file)) {
            requireMagic(file, in.readInt(), LABELS_MAGIC, "labels");
            int size = in.readInt();
            if (size < 0 || size > MOST_BYTES) {
                throw new IOException(file + ": claims " + size + " labels; at most " + MOST_BYTES + " are read");
            }
            byte[] bytes = readFully(file, in, size);
            return IntStream.range(0, size).map(i -> bytes[i] & 0xFF).toArray();
        } catch (EOFException e) {
            throw new IOException(file + ": ends before its header", e);
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            boolean compressed = file.getFileName().toString().endsWith(".gz");
            return new DataInputStream(compressed ? new GZIPInputStream(in, 1 << 16) : new BufferedInputStream(in));
        } catch (ZipException | EOFException e) {
            in.close();
            throw new IOException(file + ": is not compressed with gzip, although its name ends with .gz", e);
        }
    }

    private static void requireMagic(Path file, int magic, int expected, String what) throws IOException {
        if (magic != expected) {
            throw new IOException("%s: begins with 0x%08x; an IDX file of %s begins with 0x%08x"
                    .formatted(file, magic, what, expected));
        }
    }

    private static byte[] readFully(Path file, DataInputStream in, int length) throws IOException {
        // Allocates as it reads, so that a false header can't exhaust memory.
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException(file + ": has " + bytes.length + " bytes of data; its header claims " + length);
        }
        return bytes;
    }
}
