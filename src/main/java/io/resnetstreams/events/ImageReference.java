package io.resnetstreams.events;

/**
 * Where an event's image is, and what is known of it (the claim check pattern).
 *
 * @param uri {@code s3://}, {@code https://}, {@code http://} or {@code file://}, as the event has it; not checked. The
 *     version of an S3 object is the query parameter {@code versionId}
 * @param sha256 the SHA-256 of the image file in lower-case hexadecimal, or null
 * @param size the size of the image file in bytes, or {@link #UNKNOWN_SIZE}
 */
public record ImageReference(String uri, String sha256, long size) {
    /** The size of an image whose event does not state it. */
    public static final long UNKNOWN_SIZE = -1;

    /** Returns the URI without what may be a signature: the query, except for the version of an S3 object. */
    public String uriWithoutSecrets() {
        return uri.regionMatches(true, 0, "s3:", 0, 3) ? uri : uri.split("[?#]", 2)[0];
    }
}
