package io.resnetstreams.cli.options;

/** Numbers of things in text. */
public final class Count {
    private Count() {}

    /** Returns a number and a noun in the singular or plural, such as {@code 1 event} or {@code 2,000 events}. */
    public static String of(long number, String noun) {
        return "%,d %s%s".formatted(number, noun, number == 1 ? "" : "s");
    }
}
