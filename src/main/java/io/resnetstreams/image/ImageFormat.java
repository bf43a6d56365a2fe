package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.util.Locale;

/** The accepted formats, recognised by a file's first bytes and not by its name or content type. */
public enum ImageFormat {
    JPEG("\u00FF\u00D8"),
    PNG("\u0089PNG\r\n\u001A\n"),
    GIF("GIF8"),
    BMP("BM"),
    WEBP("RIFF");

    private final String start;

    ImageFormat(String start) {
        this.start = start;
    }

    /** Returns the media type of an image file of an accepted format, none of which can contain scripts. */
    public static String mediaType(byte[] file) throws RejectedEventException {
        return "image/" + of(new FileBytes(file)).name().toLowerCase(Locale.ROOT);
    }

    static ImageFormat of(FileBytes file) throws RejectedEventException {
        if (file.length() == 0) {
            throw new RejectedEventException(Stage.DECODE, "empty", "the image has 0 bytes");
        }
        for (ImageFormat format : values()) {
            if (file.has(0, format.start) && (format != WEBP || file.has(8, "WEBP"))) {
                return format;
            }
        }
        throw OtherContent.rejected(file);
    }
}
