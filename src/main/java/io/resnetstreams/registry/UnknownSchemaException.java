package io.resnetstreams.registry;

/** The registry answers that it has no such schema. */
public final class UnknownSchemaException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownSchemaException(String message) {
        super(message);
    }
}
