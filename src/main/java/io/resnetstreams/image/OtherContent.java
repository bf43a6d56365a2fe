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
import java.util.regex.Pattern;

/**
 * Recognises common content that is not an accepted image, and says what to do about it. {@code other-content.tsv} lists the
 * kinds: {@code unsupported} for images of other formats, {@code unknown_format} for anything else.
 */
final class OtherContent {
    private static final int BYTES = 4096;
    private static final String CONVERT = ": convert it to JPEG or PNG before sending it";

    private OtherContent() {}

    static RejectedEventException rejected(FileBytes file) {
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
        try (InputStream table = OtherContent.class.getResourceAsStream("other-content.tsv")) {
            return new String(table.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the table of other contents can't be read", e);
        }
    }
}
