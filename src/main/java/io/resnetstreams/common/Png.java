package io.resnetstreams.common;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes PNG files (8 bits per channel, no alpha). Stateless. */
public final class Png {
    private Png() {}

    /** Returns a PNG file of {@code height × width × 3} bytes, row by row. */
    public static byte[] encodeRgb(byte[] rgb, int width, int height) {
        return encode(rgb, width, height, 3, BufferedImage.TYPE_3BYTE_BGR);
    }

    /** Returns a greyscale PNG file of {@code height × width} bytes, row by row. */
    public static byte[] encodeGrey(byte[] grey, int width, int height) {
        return encode(grey, width, height, 1, BufferedImage.TYPE_BYTE_GRAY);
    }

    private static byte[] encode(byte[] pixels, int width, int height, int channels, int type) {
        if (width < 1 || height < 1 || (long) width * height * channels != pixels.length) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes are not " + width + "×" + height + " pixels of " + channels + " bytes");
        }
        BufferedImage image = new BufferedImage(width, height, type);
        image.getRaster().setDataElements(0, 0, width, height, pixels);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(file)) {
            ImageIO.write(image, "png", output);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return file.toByteArray();
    }
}
