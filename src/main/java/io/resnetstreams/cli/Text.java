package io.resnetstreams.cli;

/** Pieces of text for people. */
final class Text {
    private Text() {}

    /** Returns text of at most so many characters, shortened at its front, with control characters made harmless. */
    static String shorten(String text, int length) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= length ? clean : "…" + clean.substring(clean.length() - length + 1);
    }

    /** Returns a bar for a share between 0 and 1. */
    static String bar(double share, int width) {
        int filled = (int) Math.round(Math.min(1, Math.max(0, share)) * width);
        return "█".repeat(filled) + "░".repeat(width - filled);
    }
}
