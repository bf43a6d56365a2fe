package io.resnetstreams.config;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The unit of a whole number, which the name of its key states, and the suffixes that a value may have. */
enum Unit {
    BYTES(Suffixes.SIZES, 1, "a number of bytes is needed, such as 67108864 or 64MiB"),
    MILLISECONDS(Suffixes.TIMES, 1, "a whole number of milliseconds is needed, such as 15000 or 15s"),
    SECONDS(Suffixes.TIMES, 1_000, "a whole number of seconds is needed, such as 120 or 2m"),
    COUNT(Map.of(), 1, "a whole number is needed, without a unit");

    private static final Pattern PLAIN = Pattern.compile("[+-]?\\d{1,20}");
    private static final Pattern WITH_SUFFIX = Pattern.compile("([+-]?\\d{1,20}(?:\\.\\d{1,20})?)([A-Za-z]{1,3})");

    private final Map<String, Long> suffixes;
    private final long divisor;
    private final String needed;

    /** Suffixes in bytes and in milliseconds. */
    private static final class Suffixes {
        static final Map<String, Long> SIZES = Map.of(
                "B", 1L,
                "kB", 1_000L,
                "MB", 1_000_000L,
                "GB", 1_000_000_000L,
                "KiB", 1L << 10,
                "MiB", 1L << 20,
                "GiB", 1L << 30);
        static final Map<String, Long> TIMES =
                Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    }

    Unit(Map<String, Long> suffixes, long divisor, String needed) {
        this.suffixes = suffixes;
        this.divisor = divisor;
        this.needed = needed;
    }

    /** Returns the unit of a key. */
    static Unit of(String key) {
        if (key.endsWith("Bytes")) {
            return BYTES;
        }
        if (key.endsWith("Millis")) {
            return MILLISECONDS;
        }
        return key.endsWith("Seconds") ? SECONDS : COUNT;
    }

    /**
     * Returns a plain number, or one with a suffix such as {@code 64MiB}, in this unit; throws {@link IllegalArgumentException}
     * with what is needed if it is neither, no whole number of this unit, or too large.
     */
    long parse(String value) {
        String text = value.strip();
        try {
            if (PLAIN.matcher(text).matches()) {
                return new BigDecimal(text).longValueExact();
            }
            Matcher parts = WITH_SUFFIX.matcher(text);
            Long factor = parts.matches() ? suffixes.get(parts.group(2)) : null;
            if (factor != null) {
                return new BigDecimal(parts.group(1))
                        .multiply(BigDecimal.valueOf(factor))
                        .divide(BigDecimal.valueOf(divisor))
                        .longValueExact();
            }
        } catch (ArithmeticException e) {
            // A fraction remains, or the number is too large.
            throw new IllegalArgumentException(needed, e);
        }
        throw new IllegalArgumentException(needed);
    }
}
