package io.resnetstreams.cli;

import io.resnetstreams.events.PlainText;

/** Pieces of text for people. */
final class Text {
    private Text() {}

    /** Returns text as {@link PlainText}, of at most so many characters, shortened at its front. */
    static String shorten(String text, int length) {
        String clean = PlainText.of(text);
        if (clean.length() <= length) {
            return clean;
        }
        int begin = clean.length() - length + 1;
        return "…" + clean.substring(Character.isLowSurrogate(clean.charAt(begin)) ? begin + 1 : begin);
    }

    /** Returns a bar for a share between 0 and 1. */
    static String bar(double share, int width) {
        int filled = (int) Math.round(Math.min(1, Math.max(0, share)) * width);
        return "█".repeat(filled) + "░".repeat(width - filled);
    }
}
