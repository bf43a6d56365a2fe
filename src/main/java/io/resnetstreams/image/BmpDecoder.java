package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes Windows and OS/2 bitmaps with the JDK's reader, which has the masks and run lengths right that other libraries
 * have wrong.
 *
 * <p>It is given a file with the simple header of 40 bytes: of the larger ones it knows only some, and their colour profiles
 * and transparency, which Pillow's {@code convert("RGB")} drops, would change the colours.
 */
final class BmpDecoder {
    private static final int HEADER = 40;
    private static final List<Long> HEADERS = List.of((long) HEADER, 52L, 56L, 64L, 108L, 124L);
    private static final int BIT_FIELDS = 3;

    private BmpDecoder() {}

    static Pixels decode(FileBytes file, ImageHeader header) throws RejectedEventException {
        byte[] simple = simplified(file, header);
        ImageReader reader = ImageIO.getImageReadersByFormatName("bmp").next();
        try (MemoryCacheImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(simple))) {
            reader.setInput(input, true, true);
            return copy(reader.read(0));
        } catch (IOException | RuntimeException e) {
            throw FileBytes.corrupt("its image data can't be decoded: " + e.getMessage());
        } finally {
            reader.dispose();
        }
    }

    private static Pixels copy(BufferedImage image) {
        Pixels pixels = new Pixels(image.getWidth(), image.getHeight(), 0);
        int[] row = new int[image.getWidth()];
        boolean grey =
                image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY; // to getRGB a linear scale
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int x = 0; x < row.length; x++) {
                row[x] = grey ? image.getRaster().getSample(x, y, 0) * 0x01010100 : row[x] << Byte.SIZE;
            }
            pixels.setRow(y, row);
        }
        return pixels;
    }

    private static byte[] simplified(FileBytes file, ImageHeader header) throws RejectedEventException {
        long size = file.u32le(14);
        if (size == 12) {
            requireRows(file, header, file.u16le(24));
            return file.data();
        } else if (!HEADERS.contains(size)) {
            throw FileBytes.corrupt("its header states " + size + " bytes for itself; known are 12 and " + HEADERS);
        }
        int bits = file.u16le(28);
        int compression = (int) file.u32le(30);
        boolean masked = (compression == BIT_FIELDS || compression == 6 && size != 64) && (bits == 16 || bits == 32);
        boolean runs = compression == 1 && bits == 8 || compression == 2 && bits == 4;
        if (!runs
                && !masked
                && (compression != 0 || !List.of(1, 4, 8, 16, 24, 32).contains(bits))) {
            throw FileBytes.unsupported("it is a BMP of " + bits + " bits a pixel with compression " + compression
                    + "; without compression, RLE4, RLE8 and bit fields of 16 and 32 bits can be read: convert it");
        }
        int needed = runs ? 0 : requireRows(file, header, bits);
        int colours = bits <= 8 ? 1 << bits : 0;
        int palette = 14 + (int) size + (masked && size == HEADER ? 12 : 0);
        int data = (int) Math.min(file.u32le(10), file.length());
        int stored = Math.min(
                (int) file.u32le(46) <= 0 ? colours : Math.min(colours, (int) file.u32le(46)), (data - palette) / 4);
        if (data < palette) {
            throw FileBytes.corrupt("its pixels begin at byte " + data + ", within its header of " + palette);
        }
        int copied = 14 + HEADER + (masked ? 12 : 0);
        int start = copied + 4 * colours;
        ByteBuffer simple = ByteBuffer.allocate(start + Math.max(needed, file.length() - data))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(file.data(), 0, copied);
        simple.put(file.data(), palette, 4 * stored).position(start);
        simple.put(file.data(), data, file.length() - data);
        simple.putInt(10, start).putInt(14, HEADER).putInt(46, 0);
        return simple.putInt(30, masked ? BIT_FIELDS : compression).array();
    }

    /** Returns how many bytes the rows have; the last may lack what only fills it up to a multiple of four. */
    private static int requireRows(FileBytes file, ImageHeader header, int bits) throws RejectedEventException {
        long rowBytes = ((long) header.width() * bits + 31) / 32 * 4;
        file.require(file.u32le(10), rowBytes * (header.height() - 1) + ((long) header.width() * bits + 7) / 8);
        return (int) (rowBytes * header.height());
    }
}
