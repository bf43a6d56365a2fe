package io.resnetstreams.cli;

/** Failures in one line. */
final class Failures {
    private Failures() {}

    /** Returns the message of the innermost cause, which is what a person can act upon. */
    static String describe(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage() == null
                ? root.getClass().getSimpleName()
                : root.getMessage().lines().findFirst().orElse("");
        return root.getClass().getSimpleName() + ": " + message;
    }
}
