package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.util.Locale;
import java.util.Set;

/** The header {@code Content-Encoding}. Nothing is decompressed: a small body can hold any amount of data. Stateless. */
final class ContentEncoding {
    /** Some stores return what the AWS SDK sends with an upload; it describes the upload, not the object. */
    private static final Set<String> NONE = Set.of("", "identity", "aws-chunked");

    private ContentEncoding() {}

    /** Rejects an image that is encoded. */
    static void requireNone(String header, String uri) throws RejectedEventException {
        for (String coding : header.split(",")) {
            if (!NONE.contains(coding.strip().toLowerCase(Locale.ROOT))) {
                throw UriText.rejection(
                        "content_encoding",
                        uri,
                        "the Content-Encoding is '" + coding.strip() + "'; allowed is identity");
            }
        }
    }
}
