package io.resnetstreams.common;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Checks that values are allowed. Stateless. */
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

    /** Returns the value with this text; throws IllegalArgumentException, which lists all, if there is none. */
    public static <T> T oneOf(String name, String text, T[] values, Function<T, String> toText) {
        return Arrays.stream(values)
                .filter(value -> toText.apply(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " is '" + text + "'; allowed are "
                        + Arrays.stream(values).map(toText).collect(Collectors.joining(", "))));
    }
}
