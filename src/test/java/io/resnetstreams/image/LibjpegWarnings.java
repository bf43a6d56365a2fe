package io.resnetstreams.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Collects the warnings of the JDK's libjpeg that image data of a JPEG is missing or damaged. */
final class LibjpegWarnings {
    private LibjpegWarnings() {}

    /** Returns the warnings; also none if ImageIO cannot read the file, since nothing is known of it then. */
    static List<String> ofDamage(byte[] jpeg) {
        List<String> warnings = new ArrayList<>();
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg))) {
            reader.setInput(input, true, true);
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            reader.readRaster(0, null);
        } catch (IOException | RuntimeException e) {
            return List.of();
        } finally {
            reader.dispose();
        }
        warnings.removeIf(
                warning -> !warning.matches(".*(premature end of data segment|bad Huffman code|found marker).*"));
        return warnings;
    }
}
