package io.resnetstreams.config;

/** Checks of configured values; messages name the key, its value and what is allowed. Stateless. */
final class Checks {
    private Checks() {}

    /** Refuses a value outside a range. */
    static void requireRange(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " is " + value + "; allowed are " + least + " to " + most);
        }
    }

    /** Runs a check of another package's record, and puts the section before the key that its message names. */
    static void named(String section, Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(section + "." + e.getMessage(), e);
        }
    }
}
