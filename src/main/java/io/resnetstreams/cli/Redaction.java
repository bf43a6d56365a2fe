package io.resnetstreams.cli;

import java.util.regex.Pattern;

/** Hides secrets of the command line that a message quotes. */
final class Redaction {
    private static final Pattern SECRET = Pattern.compile(
            "((?:password|secret|jaas\\.config|keystore\\.key)[\\w.]*[=:\\s]\\s*).+",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private Redaction() {}

    /** Returns the text up to the first secret value. */
    static String hideSecrets(String text) {
        return SECRET.matcher(text).replaceFirst("$1[hidden]");
    }
}
