package io.resnetstreams.events;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;

/** The limits while JSON is parsed, applied before a value is in memory; an error has the dead letter's code. */
final class JsonLimits extends StreamReadConstraints {
    private static final long serialVersionUID = 1L;

    static final class ExceededException extends StreamConstraintsException {
        private static final long serialVersionUID = 1L;

        private final String code;

        ExceededException(String code, String reason) {
            super(reason);
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    JsonLimits(EventLimits limits, int maxStringLength) {
        super(
                limits.maxJsonDepth(),
                DEFAULT_MAX_DOC_LEN,
                limits.maxJsonNumberLength(),
                maxStringLength,
                limits.maxJsonStringLength(),
                DEFAULT_MAX_TOKEN_COUNT);
    }

    @Override
    public void validateNestingDepth(int depth) throws StreamConstraintsException {
        if (depth > getMaxNestingDepth()) {
            throw new ExceededException(
                    "json_too_deep", "the JSON nests deeper than the " + getMaxNestingDepth() + " levels allowed");
        }
    }

    @Override
    public void validateStringLength(int length) throws StreamConstraintsException {
        require(length, getMaxStringLength(), "json_string_too_long", "a string of the JSON");
    }

    @Override
    public void validateNameLength(int length) throws StreamConstraintsException {
        require(length, getMaxNameLength(), "json_string_too_long", "a field's name in the JSON");
    }

    @Override
    public void validateIntegerLength(int length) throws StreamConstraintsException {
        require(length, getMaxNumberLength(), "json_number_too_long", "a number of the JSON");
    }

    @Override
    public void validateFPLength(int length) throws StreamConstraintsException {
        validateIntegerLength(length);
    }

    /** The message omits the full length, since the value is not read to its end. */
    private static void require(int length, int allowed, String code, String what) throws ExceededException {
        if (length > allowed) {
            throw new ExceededException(code, what + " has more than the " + allowed + " characters allowed");
        }
    }
}
