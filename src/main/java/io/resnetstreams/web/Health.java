package io.resnetstreams.web;

/**
 * The result of a health check.
 *
 * @param reason the explanation for the operator
 */
public record Health(boolean ok, String reason) {
    static Health ok(String reason) {
        return new Health(true, reason);
    }

    static Health failing(String reason) {
        return new Health(false, reason);
    }

    /** Returns the status in JSON: {@code ok} or {@code failing}. */
    String status() {
        return ok ? "ok" : "failing";
    }
}
