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
 * The warnings of libjpeg, which OpenCV drops, as ImageIO hands them on: three times as slow, so for JPEGs alone whose
 * codes {@link JpegScan} can't read.
 */
final class JpegWarnings {
    private static final int SUBSAMPLING = 8; // pixels are not wanted, so as few as possible are kept

    private JpegWarnings() {}

    /** Rejects a file whose image data is not complete, or can't be read. */
    static void requireNone(byte[] file) throws RejectedEventException {
        try {
            List<String> missing = ofMissingData(file);
            if (!missing.isEmpty()) {
                throw FileBytes.truncated("its image data is not complete: " + missing.get(0));
            }
        } catch (IOException | RuntimeException e) {
            throw FileBytes.corrupt("its image data can't be read to the end: " + e.getMessage());
        }
    }

    /**
     * Returns the warnings that say that image data is missing.
     *
     * @throws IOException if ImageIO, which takes fewer kinds of JPEG than OpenCV, can't read the file
     */
    static List<String> ofMissingData(byte[] file) throws IOException {
        List<String> warnings = new ArrayList<>();
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(input, true, true);
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            ImageReadParam parameters = reader.getDefaultReadParam();
            parameters.setSourceSubsampling(SUBSAMPLING, SUBSAMPLING, 0, 0);
            reader.readRaster(0, parameters);
        } finally {
            reader.dispose();
        }
        warnings.removeIf(warning -> !warning.contains("remature end") && !warning.contains("bad Huffman code"));
        return warnings;
    }
}
