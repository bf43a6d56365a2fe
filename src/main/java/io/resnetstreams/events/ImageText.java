package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.PlainText;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** An image as text: Base64 in any of its usual forms, a {@code data:} URL (RFC 2397), or the URI of an image. */
final class ImageText {
    /** A scheme and an authority; {@code :} is not in an alphabet of Base64. */
    private static final Pattern URI = Pattern.compile("\\s*[a-zA-Z][a-zA-Z0-9+.-]*://.*", Pattern.DOTALL);

    private static final String DATA = "data:";
    private static final String BASE64 = ";base64";
    private static final int MOST_SHOWN = 20;

    private ImageText() {}

    /** Returns the URI that a text is, or nothing if it is no URI of another resource. */
    static Optional<String> uri(String text) {
        return URI.matcher(text).matches() ? Optional.of(text.strip()) : Optional.empty();
    }

    /** Returns whether a text is a {@code data:} URL. */
    static boolean isDataUrl(String text) {
        String start = text.stripLeading();
        return start.regionMatches(true, 0, DATA, 0, DATA.length());
    }

    /**
     * Returns the image in a text.
     *
     * @param what names the text in an error, such as "the field 'image'"
     */
    static byte[] image(String text, String what) throws RejectedEventException {
        return isDataUrl(text) ? dataUrl(text.strip(), what) : base64(text, what);
    }

    private static byte[] dataUrl(String url, String what) throws RejectedEventException {
        int comma = url.indexOf(',');
        if (comma < 0) {
            throw new RejectedEventException(
                    Stage.EVENT, "data_url", what + " is a data URL without a comma before the data");
        }
        String type = url.substring(DATA.length(), comma).strip().toLowerCase(Locale.ROOT);
        String data = url.substring(comma + 1);
        if (type.endsWith(BASE64)) {
            return base64(data.indexOf('%') < 0 ? data : new String(unescaped(data, what), ISO_8859_1), what);
        }
        return unescaped(data, what);
    }

    private static byte[] unescaped(String data, String what) throws RejectedEventException {
        try {
            return URLDecoder.decode(data.replace("+", "%2B"), ISO_8859_1).getBytes(ISO_8859_1);
        } catch (IllegalArgumentException e) {
            throw new RejectedEventException(
                    Stage.EVENT, "data_url", what + " is a data URL with a wrong escape: " + e.getMessage(), e);
        }
    }

    /** Decodes both alphabets of RFC 4648, with blanks and line breaks anywhere, with padding or without. */
    private static byte[] base64(String text, String what) throws RejectedEventException {
        byte[] digits = new byte[text.length()];
        int count = 0;
        int padding = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
                continue;
            }
            if (c == '=') {
                padding++;
                continue;
            }
            boolean isDigit =
                    c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "+/-_".indexOf(c) >= 0;
            if (!isDigit || padding > 0) {
                throw notBase64(
                        what, "'" + shown(text, i) + "' at position " + (i + 1) + " is not one of its characters");
            }
            digits[count++] = (byte) (c == '-' ? '+' : c == '_' ? '/' : c);
        }
        if (count % 4 == 1 || padding > 2) {
            throw notBase64(what, count + " characters and " + padding + " of padding encode no bytes");
        }
        return Base64.getDecoder().decode(Arrays.copyOf(digits, count));
    }

    private static String shown(String text, int from) {
        return PlainText.of(text.substring(from, Math.min(text.length(), from + MOST_SHOWN)));
    }

    private static RejectedEventException notBase64(String what, String problem) {
        return new RejectedEventException(
                Stage.EVENT,
                "base64",
                what + " is not Base64: " + problem + "; Base64, a data: URL or the URI of an image is needed");
    }

    /** Returns the text of the first bytes of a value, in UTF-8. */
    static String text(byte[] value, int length) {
        return new String(value, 0, length, UTF_8);
    }
}
