package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Computes images by formula, and encodes them in each format. */
final class SampleImages {
    private SampleImages() {}

    /** Colours that change quickly: {@code 7x+13y}, {@code x²+5y}, {@code 3x+y²}, each modulo 256. */
    static byte[] pattern(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[at++] = (byte) (7 * x + 13 * y);
                rgb[at++] = (byte) (x * x + 5 * y);
                rgb[at++] = (byte) (3 * x + y * y);
            }
        }
        return rgb;
    }

    /** Colours that change slowly, which survive lossy compression: two gradients and a constant. */
    static byte[] gradient(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[at++] = (byte) (40 + 150 * x / width);
                rgb[at++] = (byte) (200 - 150 * y / height);
                rgb[at++] = (byte) 90;
            }
        }
        return rgb;
    }

    /** Encodes RGB pixels; {@code parameters} are OpenCV's pairs of name and value. */
    static byte[] encode(String extension, byte[] rgb, int width, int height, int... parameters) {
        Loader.load(opencv_imgcodecs.class);
        byte[] bgr = rgb.clone();
        for (int i = 0; i < bgr.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 2] = rgb[i];
        }
        try (BytePointer data = new BytePointer(bgr);
                Mat pixels = new Mat(height, width, opencv_core.CV_8UC3, data);
                BytePointer file = new BytePointer();
                IntPointer options = new IntPointer(parameters)) {
            opencv_imgcodecs.imencode(extension, pixels, file, options);
            byte[] bytes = new byte[(int) file.limit()];
            file.get(bytes);
            return bytes;
        }
    }

    static byte[] jpeg(int width, int height) {
        return encode(".jpg", gradient(width, height), width, height);
    }

    static byte[] progressiveJpeg(int width, int height) {
        return encode(".jpg", gradient(width, height), width, height, opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1);
    }

    /** Inserts a segment after a JPEG's start marker. */
    static byte[] withSegment(byte[] jpeg, int marker, byte[] payload) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(jpeg, 0, 2);
        file.write(0xFF);
        file.write(marker);
        file.write(payload.length + 2 >> 8);
        file.write(payload.length + 2);
        file.writeBytes(payload);
        file.write(jpeg, 2, jpeg.length - 2);
        return file.toByteArray();
    }

    /** Returns EXIF data with one entry, the orientation. */
    static byte[] exif(int orientation) {
        byte[] payload = new byte[6 + 8 + 2 + 12 + 4];
        byte[] start = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0};
        System.arraycopy(start, 0, payload, 0, start.length);
        payload[start.length] = (byte) orientation;
        return payload;
    }

    /** Changes the height in a PNG's header, with a right checksum. */
    static byte[] withPngHeight(byte[] png, int height) {
        byte[] lying = png.clone();
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.wrap(lying).putInt(20, height);
        crc.update(lying, 12, 17);
        buffer.putInt(29, (int) crc.getValue());
        return lying;
    }

    /** Inserts an eXIf chunk after a PNG's header. */
    static byte[] withPngExif(byte[] png, byte[] exif) {
        byte[] chunk = new byte[4 + exif.length - 6]; // without "Exif" and two zeros
        System.arraycopy(new byte[] {'e', 'X', 'I', 'f'}, 0, chunk, 0, 4);
        System.arraycopy(exif, 6, chunk, 4, exif.length - 6);
        CRC32 crc = new CRC32();
        crc.update(chunk);
        return ByteBuffer.allocate(png.length + 8 + chunk.length)
                .put(png, 0, 33)
                .putInt(chunk.length - 4)
                .put(chunk)
                .putInt((int) crc.getValue())
                .put(png, 33, png.length - 33)
                .array();
    }

    /** Converts a simple WebP file to an extended one with EXIF data. */
    static byte[] withWebpExif(byte[] webp, int width, int height, byte[] exif) {
        int exifBytes = exif.length - 6;
        ByteBuffer file = ByteBuffer.allocate(webp.length + 18 + 8 + exifBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(webp, 0, 4).putInt(file.capacity() - 8).put(webp, 8, 4);
        file.put("VP8X".getBytes(US_ASCII)).putInt(10).putInt(8); // the flag for EXIF
        file.putShort((short) (width - 1))
                .put((byte) 0)
                .putShort((short) (height - 1))
                .put((byte) 0);
        file.put(webp, 12, webp.length - 12);
        file.put("EXIF".getBytes(US_ASCII)).putInt(exifBytes).put(exif, 6, exifBytes);
        return file.array();
    }
}
