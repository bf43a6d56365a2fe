package io.resnetstreams.web;

import java.time.Duration;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Formats numbers for the page. Stateless. */
final class Figures {
    private static final String UNKNOWN = "–";
    private static final double KIB = 1_024;

    private Figures() {}

    static String count(double count) {
        return String.format(Locale.ROOT, "%,.0f", count);
    }

    /** Returns a rate with two or three significant digits. */
    static String rate(double perSecond) {
        return decimal(perSecond) + "/s";
    }

    /** Returns a number for HTML and SVG. */
    static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.1f", value);
    }

    static String decimal(double value) {
        return String.format(
                Locale.ROOT, value == 0 || value >= 99.95 ? "%,.0f" : value >= 9.95 ? "%.1f" : "%.2f", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }

    /** Returns a time; "–" if it is 0 or unknown. */
    static String millis(double millis) {
        if (!(millis > 0)) {
            return UNKNOWN;
        }
        return millis < 9.95
                ? String.format(Locale.ROOT, "%.1f ms", millis)
                : millis < 999.5 ? String.format(Locale.ROOT, "%.0f ms", millis) : seconds(millis / 1e3);
    }

    static String seconds(double seconds) {
        if (Double.isInfinite(seconds)) {
            return "never at this rate";
        }
        if (seconds < 99.95) {
            return String.format(Locale.ROOT, seconds < 9.95 ? "%.1f s" : "%.0f s", seconds);
        }
        Duration time = Duration.ofSeconds(Math.round(seconds));
        return time.toHours() > 0
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() + " min " + time.toSecondsPart() + " s";
    }

    static String bytes(double bytes) {
        return bytes < KIB * KIB
                ? String.format(Locale.ROOT, "%,.0f KB", bytes / KIB)
                : String.format(Locale.ROOT, "%,.1f MB", bytes / KIB / KIB);
    }

    /** Returns the text of a value; "–" if it is NaN. */
    static String known(double value, DoubleFunction<String> text) {
        return Double.isNaN(value) ? UNKNOWN : text.apply(value);
    }
}
