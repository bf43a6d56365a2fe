package io.resnetstreams.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.RejectedEventException;
import java.util.Arrays;

/**
 * An object in S3.
 *
 * @param version the version of the object, or null for the newest
 */
record S3Location(String bucket, String key, String version) {
    private static final int LONGEST_KEY = 1_024;
    private static final String VERSION = "versionId=";

    /** Reads {@code s3://BUCKET/KEY?versionId=VERSION}; BUCKET is the name alone, never an ARN or a path. */
    static S3Location of(UriParts uri) throws RejectedEventException {
        String bucket = uri.authority() == null ? "" : uri.authority();
        if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]") || bucket.contains("..")) {
            throw uri.bad("has no name of a bucket after s3://; allowed are 3 to 63 of a-z, 0-9, '.', '_' and '-'");
        }
        if (uri.fragment() != null) {
            throw uri.bad("has a fragment; # in a key is written %23");
        }
        String key = uri.path().isEmpty() ? "" : uri.decode(uri.path().substring(1));
        int length = key.getBytes(UTF_8).length;
        if (length == 0 || length > LONGEST_KEY) {
            throw uri.bad("has a key of " + length + " bytes; allowed are 1 to " + LONGEST_KEY);
        }
        // A store or proxy that resolves them would read another key, or another bucket.
        if (Arrays.stream(key.split("/", -1)).anyMatch(part -> part.equals(".") || part.equals(".."))) {
            throw uri.bad("has a key with '.' or '..' between slashes");
        }
        return new S3Location(bucket, key, version(uri));
    }

    private static String version(UriParts uri) throws RejectedEventException {
        if (uri.query() == null) {
            return null;
        }
        String version =
                uri.query().startsWith(VERSION) ? uri.decode(uri.query().substring(VERSION.length())) : "";
        if (!version.matches("[A-Za-z0-9._~+/=-]{1,1024}")) {
            throw uri.bad("has a query that is not versionId=VERSION; ? in a key is written %3F");
        }
        return version;
    }
}
