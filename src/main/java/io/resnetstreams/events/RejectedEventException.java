package io.resnetstreams.events;

import io.resnetstreams.common.PlainText;

/**
 * An event that can't be classified. It has the {@link Stage} that rejected it, a stable machine-readable code
 * ({@code too_many_pixels}), and a reason that names the actual and the allowed value, as {@link PlainText}.
 */
public final class RejectedEventException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Stage stage;
    private final String code;

    public RejectedEventException(Stage stage, String code, String reason) {
        this(stage, code, reason, null);
    }

    public RejectedEventException(Stage stage, String code, String reason, Throwable cause) {
        super(PlainText.of(reason), cause);
        this.stage = stage;
        this.code = code;
    }

    public Stage stage() {
        return stage;
    }

    /** Returns the machine-readable code, lower case with underscores. */
    public String code() {
        return code;
    }
}
