package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Tells a JPEG whose compressed data stops early although its end marker is there (a tool has mended a truncated file).
 *
 * <p>libjpeg then fills the rest with the grey of zero coefficients, 128 in each channel, and says so in a warning that
 * OpenCV drops. So where a corner of a decoded JPEG is of exactly that grey (the last block lies at one of them,
 * however the image is turned), the file is read once more by ImageIO, three times as slow, which hands the warnings on.
 */
final class JpegWarnings {
    private static final int FILL = 128;
    private static final int SUBSAMPLING = 8; // pixels are not wanted, so as few as possible are kept

    private JpegWarnings() {}

    static boolean needCheck(PixelRows image) {
        byte[] row = new byte[3 * image.width()];
        image.row(0, row);
        boolean suspect = isFill(row, 0) || isFill(row, row.length - 3);
        image.row(image.height() - 1, row);
        return suspect || isFill(row, 0) || isFill(row, row.length - 3);
    }

    private static boolean isFill(byte[] row, int at) {
        return (row[at] & 0xFF) == FILL && (row[at + 1] & 0xFF) == FILL && (row[at + 2] & 0xFF) == FILL;
    }

    static void requireNone(byte[] file) throws RejectedEventException {
        List<String> warnings = new ArrayList<>();
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(input, true, true);
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            ImageReadParam parameters = reader.getDefaultReadParam();
            parameters.setSourceSubsampling(SUBSAMPLING, SUBSAMPLING, 0, 0);
            reader.readRaster(0, parameters);
        } catch (IOException | RuntimeException e) {
            throw FileBytes.corrupt("its image data can't be read to the end: " + e.getMessage());
        } finally {
            reader.dispose();
        }
        for (String warning : warnings) {
            if (warning.contains("remature end") || warning.contains("bad Huffman code")) {
                throw FileBytes.truncated("its image data is not complete: " + warning);
            }
        }
    }
}
