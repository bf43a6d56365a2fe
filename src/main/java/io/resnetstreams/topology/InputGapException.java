package io.resnetstreams.topology;

/** Unprocessed events were deleted from the input topic, and the configured policy is to stop. */
public final class InputGapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;

    /** @param remedy how to solve it, as the end of a sentence that begins with {@code what} */
    InputGapException(String what, String remedy) {
        super(what + remedy);
        this.what = what;
    }

    /** Returns what was found, as a sentence without its full stop. */
    public String what() {
        return what;
    }
}
