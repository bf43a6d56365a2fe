package io.resnetstreams.image;

import io.resnetstreams.common.UnalignedBuffers;
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
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.leptonica.global.leptonica;

/**
 * Decodes JPEGs with libjpeg-turbo, and rejects those whose image data is missing or damaged according to libjpeg.
 *
 * <p>libjpeg fills in missing data and continues with a warning. Some warnings affect no pixel, such as stray bytes; all others
 * mean that pixels are wrong. Leptonica reports the number of warnings before the last row was decoded. If there was one, the
 * JDK's libjpeg tells which. If there were several, it only reports the first, so the image is rejected.
 */
final class JpegDecoder {
    private static final List<String> HARMLESS =
            List.of("extraneous bytes", "unknown JFIF revision", "Invalid SOS parameters", "Unknown Adobe color");

    private JpegDecoder() {}

    /** Decodes an image as stored; {@code reduction}, 1 to 8, scales it in the frequency domain, for less work. */
    @SuppressWarnings("try") // the resource is not referenced
    static Pixels decode(FileBytes file, ImageHeader header, ImageLimits limits, int reduction)
            throws RejectedEventException {
        byte[] whole = JpegStructure.withEnd(file, limits);
        // libjpeg-turbo bypasses the caches when it writes to a row aligned to 32 bytes (jdcolext-avx2.asm), although
        // Leptonica reads the row immediately.
        try (UnalignedBuffers forRow = new UnalignedBuffers(3 * ((header.width() + reduction - 1) / reduction));
                IntPointer warnings = new IntPointer(1)) {
            Pixels pixels = Leptonica.read(
                    whole,
                    (input, bytes) -> leptonica.pixReadMemJpeg(
                            input, bytes, 0, reduction, warnings, leptonica.L_JPEG_CONTINUE_WITH_BAD_DATA));
            int count = warnings.get();
            String first = count == 0 ? "" : firstWarning(whole);
            if (count == 0 || count == 1 && HARMLESS.stream().anyMatch(first::contains)) {
                return pixels;
            }
            pixels.close();
            String text = "; libjpeg gives " + count + (count == 1 ? " warning: " : " warnings, the first: ") + first;
            throw first.contains("remature end")
                    ? FileBytes.truncated("its image data is not complete" + text)
                    : FileBytes.corrupt("its image data is damaged" + text);
        }
    }

    private static String firstWarning(byte[] file) {
        List<String> warnings = new ArrayList<>();
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(input, true, true);
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            ImageReadParam parameters = reader.getDefaultReadParam();
            parameters.setSourceSubsampling(8, 8, 0, 0); // the pixels are not needed
            reader.readRaster(0, parameters);
        } catch (IOException | RuntimeException e) { // the JDK supports fewer kinds of JPEG than libjpeg-turbo
            warnings.add(String.valueOf(e.getMessage()));
        } finally {
            reader.dispose();
        }
        return warnings.isEmpty() ? "it does not say which" : warnings.get(0);
    }
}
