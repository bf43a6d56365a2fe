package io.resnetstreams.image;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Writes PNG files (8 bits a channel, no alpha) without the start-up cost of ImageIO and AWT. Stateless. */
public final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int GREY = 0;
    private static final int TRUECOLOUR = 2;

    private Png() {}

    /**
     * Returns a PNG file of these pixels.
     *
     * @param rgb {@code height × width × 3} bytes, row by row
     * @throws IllegalArgumentException if their number does not fit the size
     */
    public static byte[] encodeRgb(byte[] rgb, int width, int height) {
        return encode(rgb, width, height, 3, TRUECOLOUR);
    }

    /**
     * Returns a greyscale PNG file of these pixels.
     *
     * @param grey {@code height × width} bytes, row by row
     * @throws IllegalArgumentException if their number does not fit the size
     */
    public static byte[] encodeGrey(byte[] grey, int width, int height) {
        return encode(grey, width, height, 1, GREY);
    }

    private static byte[] encode(byte[] pixels, int width, int height, int channels, int colourType) {
        if (width < 1 || height < 1 || (long) width * height * channels != pixels.length) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes are not " + width + "×" + height + " pixels of " + channels + " bytes");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream file = new DataOutputStream(bytes)) {
            file.write(SIGNATURE);
            writeChunk(file, "IHDR", header(width, height, colourType));
            writeChunk(file, "IDAT", compressed(pixels, width * channels, height));
            writeChunk(file, "IEND", new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static byte[] header(int width, int height, int colourType) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream header = new DataOutputStream(bytes)) {
            header.writeInt(width);
            header.writeInt(height);
            header.write(new byte[] {8, (byte) colourType, 0, 0, 0}); // 8 bits, deflate, adaptive filters, no interlace
        }
        return bytes.toByteArray();
    }

    private static byte[] compressed(byte[] pixels, int rowBytes, int rows) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try (DeflaterOutputStream data = new DeflaterOutputStream(bytes, deflater)) {
            for (int row = 0; row < rows; row++) {
                data.write(0); // the row is not filtered
                data.write(pixels, row * rowBytes, rowBytes);
            }
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static void writeChunk(DataOutputStream file, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        file.writeInt(data.length);
        file.write(name);
        file.write(data);
        file.writeInt((int) crc.getValue());
    }
}
