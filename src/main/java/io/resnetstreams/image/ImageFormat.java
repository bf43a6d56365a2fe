package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The accepted formats, recognised by a file's first bytes and not by its name or content type. {@code other-content.tsv} lists
 * other common content: {@code unsupported} for images of other formats, {@code unknown_format} for anything else.
 */
public enum ImageFormat {
    JPEG("\u00FF\u00D8"),
    PNG("\u0089PNG\r\n\u001A\n"),
    GIF("GIF8"),
    BMP("BM"),
    WEBP("RIFF");

    private static final int BYTES = 4096;
    private static final String CONVERT = ": convert it to JPEG or PNG before sending it";

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
        throw rejected(file);
    }

    /** Names content of other kinds, and says what to do about it. */
    private static RejectedEventException rejected(FileBytes file) {
        boolean wide = file.has(0, "\u00FF\u00FE") || file.has(0, "\u00FE\u00FF");
        String text = new String(file.data(), 0, Math.min(BYTES, file.length()), wide ? UTF_16 : ISO_8859_1);
        String start = HexFormat.ofDelimiter(" ").formatHex(file.data(), 0, Math.min(8, file.length()));
        String[] fields = table().lines()
                .filter(line -> !line.startsWith("# "))
                .map(line -> line.split("\t"))
                .filter(kind -> Pattern.compile(kind[0], Pattern.DOTALL | Pattern.CASE_INSENSITIVE)
                        .matcher(text)
                        .lookingAt())
                .findFirst()
                .orElse(new String[] {"", "unknown_format", "of no known kind: it begins with " + start});
        String advice = fields[1].equals("unsupported") ? CONVERT : "";
        return new RejectedEventException(
                Stage.DECODE, fields[1], "it is " + fields[2] + advice + "; accepted are JPEG, PNG, GIF, BMP and WebP");
    }

    private static String table() {
        try (InputStream table = ImageFormat.class.getResourceAsStream("other-content.tsv")) {
            return new String(table.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the table of other contents can't be read", e);
        }
    }
}
