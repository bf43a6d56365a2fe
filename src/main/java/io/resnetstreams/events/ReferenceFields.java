package io.resnetstreams.events;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The parts of a reference to an image as they are read, from the fields of JSON or from headers. Used by one thread. */
final class ReferenceFields {
    static final String URI = "uri";
    /** The names of the parts, in the order of the constructor's parameters. */
    static final List<String> NAMES = List.of(URI, "sha256", "size");

    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern SIZE = Pattern.compile("\\d{1,18}");

    private String uri;
    private String sha256;
    private String size;

    ReferenceFields() {}

    ReferenceFields(String uri, String sha256, String size) {
        this.uri = uri;
        this.sha256 = sha256;
        this.size = size;
    }

    /** Reads a field, unless it is none of a reference. */
    boolean read(JsonParser parser, String field, JsonToken token) throws IOException, RejectedEventException {
        if (!NAMES.contains(field) || token.isStructStart()) {
            return false;
        }
        String text = token == JsonToken.VALUE_NULL ? null : parser.getText();
        switch (field) {
            case URI -> uri = text;
            case "sha256" -> sha256 = text;
            default -> size = text;
        }
        return true;
    }

    boolean isSet() {
        return uri != null;
    }

    /**
     * Returns the reference.
     *
     * @param where names what has the fields, for an error
     */
    ImageReference reference(String where) throws RejectedEventException {
        if (uri == null || uri.isBlank()) {
            throw new RejectedEventException(
                    Stage.EVENT,
                    "no_image",
                    where + " has no 'uri'; the URI of an image is needed, such as s3://BUCKET/KEY");
        }
        if (sha256 != null && !SHA256.matcher(sha256).matches()) {
            throw new RejectedEventException(
                    Stage.EVENT,
                    "sha256",
                    "the SHA-256 of the image is '" + sha256 + "'; 64 hexadecimal digits are needed");
        }
        if (size != null && !SIZE.matcher(size).matches()) {
            throw new RejectedEventException(
                    Stage.EVENT, "size", "the size of the image is '" + size + "'; a number of bytes is needed");
        }
        return new ImageReference(
                uri.strip(),
                sha256 == null ? null : sha256.toLowerCase(Locale.ROOT),
                size == null ? ImageReference.UNKNOWN_SIZE : Long.parseLong(size));
    }
}
