package io.resnetstreams.cli.options;

import io.resnetstreams.common.UserErrorException;

/** Checks of option values. An option that was not given, null, passes. */
public final class OptionRange {
    private OptionRange() {}

    /** Requires a whole number within a range; a {@link UserErrorException} names the option and the range. */
    public static void require(String option, Integer value, int least, int most) {
        if (value != null && (value < least || value > most)) {
            throw UserErrorException.usage(option + " is " + value + "; allowed are " + least + " to " + most);
        }
    }

    /** Requires a whole number of at least 1. */
    public static void requireAtLeastOne(String option, Long value) {
        if (value != null && value < 1) {
            throw UserErrorException.usage(option + " is " + value + "; at least 1 is needed");
        }
    }

    /** Requires a number greater than 0, which NaN is not. */
    public static void requirePositive(String option, Double value) {
        if (value != null && !(value > 0)) {
            throw UserErrorException.usage(option + " is " + value + "; it must be greater than 0");
        }
    }
}
