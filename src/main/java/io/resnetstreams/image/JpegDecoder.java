package io.resnetstreams.image;

import io.resnetstreams.common.UnalignedPlaces;
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
 * Decodes JPEGs with libjpeg-turbo, and rejects those of which it says that image data is missing or damaged.
 *
 * <p>libjpeg fills what is missing and goes on, with a warning. Some warnings harm no pixel: stray bytes, odd header fields;
 * all others mean that pixels are wrong. Leptonica tells how many there were before the last row was decoded. Where there was
 * one, the JDK's libjpeg tells which; of several it tells the first alone, which may hide others, so several are too many.
 */
final class JpegDecoder {
    private static final List<String> HARMLESS =
            List.of("extraneous bytes", "unknown JFIF revision", "Invalid SOS parameters", "Unknown Adobe color");

    private JpegDecoder() {}

    /**
     * Decodes an image, not yet turned upright.
     *
     * @param reduction 1, 2, 4 or 8: scales in the frequency domain, for a fraction of the work
     */
    @SuppressWarnings("try") // the places are open, not used
    static Pixels decode(FileBytes file, ImageHeader header, ImageLimits limits, int reduction)
            throws RejectedEventException {
        byte[] whole = JpegStructure.withEnd(file, limits);
        // To a row aligned to 32 bytes libjpeg-turbo writes past the caches (jdcolext-avx2.asm); Leptonica reads it at
        // once.
        try (UnalignedPlaces forRow = new UnalignedPlaces(3 * ((header.width() + reduction - 1) / reduction));
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
            parameters.setSourceSubsampling(8, 8, 0, 0); // pixels are not wanted, so few are kept
            reader.readRaster(0, parameters);
        } catch (IOException | RuntimeException e) { // it takes fewer kinds of JPEG than libjpeg-turbo
            warnings.add(String.valueOf(e.getMessage()));
        } finally {
            reader.dispose();
        }
        return warnings.isEmpty() ? "it does not say which" : warnings.get(0);
    }
}
