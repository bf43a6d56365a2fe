package io.resnetstreams.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** What the JDK's libjpeg warns of first, in a JPEG: that image data is missing or damaged. */
final class LibjpegWarnings {
    private LibjpegWarnings() {}

    /** Returns nothing, too, for what ImageIO can't read: it is no judge of that. */
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
