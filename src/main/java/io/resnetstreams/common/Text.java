package io.resnetstreams.common;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Formats text for output. */
public final class Text {
    private Text() {}

    /** Returns text as {@link PlainText}, truncated at its start to this number of characters. */
    public static String shorten(String text, int length) {
        String clean = PlainText.of(text);
        if (clean.length() <= length) {
            return clean;
        }
        int begin = clean.length() - length + 1;
        return "…" + clean.substring(Character.isLowSurrogate(clean.charAt(begin)) ? begin + 1 : begin);
    }

    /** Returns a duration in its two largest units: {@code 45 s}, {@code 12 min}, {@code 3 h 20 min}, {@code 2 d 4 h}. */
    public static String duration(Duration duration) {
        long minutes = (duration.toSeconds() + 30) / 60;
        if (duration.toSeconds() < 90) {
            return Math.max(0, duration.toSeconds()) + " s";
        }
        if (minutes < 60) {
            return minutes + " min";
        }
        if (minutes < 48 * 60) {
            return minutes / 60 + " h " + minutes % 60 + " min";
        }
        return minutes / (24 * 60) + " d " + minutes / 60 % 24 + " h";
    }

    /** Returns the name of a file or directory, also for {@code .} and {@code ..}. */
    public static String name(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return last == null ? path.toString() : last.toString();
    }

    /** Returns a number and a noun in the singular or plural, such as {@code 1 event} or {@code 2,000 events}. */
    public static String count(long number, String noun) {
        return "%,d %s%s".formatted(number, noun, number == 1 ? "" : "s");
    }

    /** Formats a number with this number of decimals, independent of the locale. */
    public static String decimal(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** Returns a bar for a share between 0 and 1. */
    public static String bar(double share, int width) {
        int filled = (int) Math.round(Math.min(1, Math.max(0, share)) * width);
        return "█".repeat(filled) + "░".repeat(width - filled);
    }
}
