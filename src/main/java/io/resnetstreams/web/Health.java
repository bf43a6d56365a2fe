package io.resnetstreams.web;

/**
 * Whether all is well, and why or why not, for people.
 *
 * @param ok whether it is
 */
public record Health(boolean ok, String reason) {
    static Health ok(String reason) {
        return new Health(true, reason);
    }

    static Health failing(String reason) {
        return new Health(false, reason);
    }

    /** Returns the word for it in JSON: {@code ok} or {@code failing}. */
    String status() {
        return ok ? "ok" : "failing";
    }
}
