package io.resnetstreams.cli;

import java.util.regex.Pattern;

/** Hides what a message may quote of secrets in the command line. */
final class Redaction {
    private static final Pattern SECRET = Pattern.compile(
            "((?:password|secret|jaas\\.config|keystore\\.key)[\\w.]*[=:\\s]\\s*).+",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private Redaction() {}

    /** Returns the text up to the first value of something that is called a secret. */
    static String hideSecrets(String text) {
        return SECRET.matcher(text).replaceFirst("$1[hidden]");
    }
}
