package io.resnetstreams.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URI split as RFC 3986, appendix B, does. Nothing is decoded.
 *
 * @param text the URI
 * @param scheme in lower case
 * @param authority what follows the two slashes; null without them
 * @param query without the question mark, or null
 * @param fragment without the hash, or null
 */
record UriParts(String text, String scheme, String authority, String path, String query, String fragment) {
    private static final int LONGEST = 8_192;
    private static final Pattern PARTS =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?");

    /** Splits a URI; without a scheme, or with control characters, it is rejected. */
    static UriParts of(String uri) throws RejectedEventException {
        if (uri.length() > LONGEST) {
            throw UriText.rejection("bad_uri", uri, "has " + uri.length() + " characters; allowed are " + LONGEST);
        }
        for (int i = 0; i < uri.length(); i++) {
            if (Character.isISOControl(uri.charAt(i))) {
                throw UriText.rejection("bad_uri", uri, "has a control character at index " + i);
            }
        }
        if (uri.codePoints().anyMatch(c -> c <= Character.MAX_VALUE && Character.isSurrogate((char) c))) {
            throw UriText.rejection("bad_uri", uri, "has half a character, an unpaired surrogate");
        }
        Matcher parts = PARTS.matcher(uri);
        if (!parts.matches()) {
            throw UriText.rejection("bad_uri", uri, "is no URI; SCHEME://… is needed");
        }
        return new UriParts(
                uri,
                parts.group(1).toLowerCase(Locale.ROOT),
                parts.group(2),
                parts.group(3),
                parts.group(4),
                parts.group(5));
    }

    /** Returns whether no text of a URI can be taken for user information. */
    static boolean hasPlainAuthority(String uri) {
        Matcher parts = PARTS.matcher(uri);
        return parts.matches()
                && parts.group(2) != null
                && parts.group(2).matches("[A-Za-z0-9._-]*(:\\d+)?|\\[[0-9A-Fa-f:.]+](:\\d+)?");
    }

    RejectedEventException bad(String reason) {
        return UriText.rejection("bad_uri", text, reason);
    }

    /** Returns a part with percent-encoded UTF-8 decoded. A plus sign stands for itself. */
    String decode(String encoded) throws RejectedEventException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher escape = Pattern.compile("%(?:([0-9A-Fa-f]{2})|)").matcher(encoded);
        int end = 0;
        while (escape.find()) {
            if (escape.group(1) == null) {
                throw bad("has a % without two hexadecimal digits; % itself is written %25");
            }
            bytes.writeBytes(encoded.substring(end, escape.start()).getBytes(UTF_8));
            bytes.write(Integer.parseInt(escape.group(1), 16));
            end = escape.end();
        }
        bytes.writeBytes(encoded.substring(end).getBytes(UTF_8));
        String decoded;
        try {
            decoded = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw bad("percent-encodes bytes that are not UTF-8");
        }
        if (decoded.chars().anyMatch(Character::isISOControl)) {
            throw bad("percent-encodes a control character");
        }
        return decoded;
    }
}
