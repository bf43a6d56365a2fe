package io.resnetstreams.common;

/** Checks that values are in a range. Stateless. */
public final class Ranges {
    private Ranges() {}

    /** Throws {@link IllegalArgumentException} with the name, the value and the range if it is outside. */
    public static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + "; allowed are " + least + " to " + most);
        }
    }

    /** Throws IllegalArgumentException, with the name, the value and the minimum, if a value is less. */
    public static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
    }
}
