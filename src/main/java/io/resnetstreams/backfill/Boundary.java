package io.resnetstreams.backfill;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/**
 * The beginning or end of a range of a topic: a time, an offset (the same in each partition), the beginning of the topic, or its
 * present end.
 *
 * @param value the offset, or the time in milliseconds since the epoch; 0 for the other kinds
 */
public record Boundary(Kind kind, long value) {
    static final Boundary BEGINNING = new Boundary(Kind.BEGINNING, 0);
    static final Boundary NOW = new Boundary(Kind.NOW, 0);

    /** Kinds of boundaries. */
    public enum Kind {
        BEGINNING,
        NOW,
        OFFSET,
        /** The first event whose timestamp is not earlier. */
        TIME
    }

    /** Parses the beginning of a range; throws {@link IllegalArgumentException} if the text is invalid. */
    public static Boundary from(String text) {
        return text.equals("beginning") ? BEGINNING : offsetOrTime("--from", text, "beginning");
    }

    /** Parses the end of a range, which is excluded; throws {@link IllegalArgumentException} if the text is invalid. */
    public static Boundary to(String text) {
        return text.equals("now") ? NOW : offsetOrTime("--to", text, "now");
    }

    private static Boundary offsetOrTime(String option, String text, String word) {
        if (text.matches("\\d{1,18}")) {
            return new Boundary(Kind.OFFSET, Long.parseLong(text));
        }
        try {
            return new Boundary(
                    Kind.TIME, OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    option + " is '" + text + "'; allowed are an offset, '" + word
                            + "', or a time with its zone such as 2026-11-23T00:00:00Z",
                    e);
        }
    }

    /** Returns the text of this boundary, which is the same for equal boundaries. */
    @Override
    public String toString() {
        return switch (kind) {
            case BEGINNING -> "beginning";
            case NOW -> "now";
            case OFFSET -> Long.toString(value);
            case TIME -> Instant.ofEpochMilli(value).toString();
        };
    }

    /** Throws {@link IllegalArgumentException} if a range is empty, as far as is known, or reaches into the future. */
    static void requireRange(Boundary from, Boundary to, long nowMillis) {
        for (Boundary boundary : new Boundary[] {from, to}) {
            if (boundary.kind == Kind.TIME && boundary.value > nowMillis) {
                throw new IllegalArgumentException(
                        (boundary == from ? "--from" : "--to") + " is " + boundary + ", which lies in the future");
            }
        }
        if (to.kind == Kind.OFFSET && to.value == 0) {
            throw new IllegalArgumentException("--to is 0; no event lies before that offset");
        }
        if (from.kind == to.kind && from.value >= to.value) {
            throw new IllegalArgumentException(
                    "--from is " + from + " and --to is " + to + "; --from must be before --to, which is excluded");
        }
    }
}
