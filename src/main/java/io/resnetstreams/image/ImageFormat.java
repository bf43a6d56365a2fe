package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.util.Arrays;
import java.util.HexFormat;

/** The formats accepted, told by a file's first bytes and never by its name or content type. */
enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP,
    WEBP;

    static ImageFormat of(FileBytes file) throws RejectedEventException {
        if (file.length() == 0) {
            throw new RejectedEventException(Stage.DECODE, "empty", "the image has 0 bytes");
        }
        if (file.has(0, "\u00FF\u00D8")) {
            return JPEG;
        }
        if (file.has(0, "\u0089PNG\r\n\u001A\n")) {
            return PNG;
        }
        if (file.has(0, "GIF87a") || file.has(0, "GIF89a")) {
            return GIF;
        }
        if (file.has(0, "BM")) {
            return BMP;
        }
        if (file.has(0, "RIFF") && file.has(8, "WEBP")) {
            return WEBP;
        }
        String start = HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOf(file.data(), Math.min(8, file.length())));
        throw new RejectedEventException(
                Stage.DECODE,
                "unknown_format",
                "it begins with " + start + "; accepted are JPEG, PNG, GIF, BMP and WebP");
    }
}
