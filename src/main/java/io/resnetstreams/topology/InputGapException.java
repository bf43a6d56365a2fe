package io.resnetstreams.topology;

import java.io.Serial;

/** Events that the group has not processed are no longer on the input topic, and the configuration says to stop there. */
public final class InputGapException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String what;

    /** @param remedy what can be done, as the end of a sentence that begins with {@code what} */
    InputGapException(String what, String remedy) {
        super(what + remedy);
        this.what = what;
    }

    /** Returns what was found, as a sentence without its end. */
    public String what() {
        return what;
    }
}
