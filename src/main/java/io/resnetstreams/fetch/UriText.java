package io.resnetstreams.fetch;

import io.resnetstreams.common.PlainText;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;

/**
 * References in messages. A query may hold a signature, and user information a password, so neither is shown. Stateless.
 */
final class UriText {
    private static final int LONGEST = 300;

    private UriText() {}

    /** Returns a URI, valid or not, without its query, fragment and user information. */
    static String of(String uri) {
        String text = uri.split("[?#]", 2)[0];
        int at = text.lastIndexOf('@');
        if (at >= 0 && !UriParts.hasPlainAuthority(uri)) {
            // What precedes the last @ may be user information, whatever the authority is taken for.
            int scheme = text.indexOf("://");
            text = (scheme >= 0 && scheme < at ? text.substring(0, scheme + 3) : "") + "…@" + text.substring(at + 1);
        }
        return PlainText.limited(text, LONGEST);
    }

    /** Returns the rejection of a reference. */
    static RejectedEventException rejection(String code, String uri, String reason) {
        return new RejectedEventException(Stage.FETCH, code, of(uri) + ": " + reason);
    }
}
