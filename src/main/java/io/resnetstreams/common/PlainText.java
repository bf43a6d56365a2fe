package io.resnetstreams.common;

/**
 * Text from events, files and models, made harmless for a terminal and a log. Escaped as Java and JSON write them are control
 * characters (C0, DEL and C1, which terminals obey), line and paragraph separators, what changes the direction of writing,
 * what has no width, and halves of surrogate pairs.
 *
 * <p>Threading: stateless.
 */
public final class PlainText {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int DELETE = 0x7f;
    private static final int LAST_C1 = 0x9f;
    private static final int FIRST_TAG = 0xe0000;
    private static final int LAST_TAG = 0xe007f;

    private PlainText() {}

    /** Returns the text in one line; {@code "null"} where there is none. */
    public static String of(String text) {
        return escaped(String.valueOf(text), false);
    }

    /** Returns the text with its own lines and tabs. */
    public static String lines(String text) {
        return escaped(String.valueOf(text), true);
    }

    /** Returns the text in one line, of so many characters at most: its end is left out. */
    public static String limited(String text, int most) {
        // What is left out need not be looked at; an escape is never shorter than what it stands for.
        String plain = of(text.length() > most ? text.substring(0, most + 1) : text);
        if (plain.length() <= most) {
            return plain;
        }
        int end = Character.isHighSurrogate(plain.charAt(most - 2)) ? most - 2 : most - 1;
        return plain.substring(0, end) + "…";
    }

    private static String escaped(String text, boolean keepsLines) {
        StringBuilder plain = null;
        int length;
        for (int i = 0; i < text.length(); i += length) {
            int c = text.codePointAt(i);
            length = Character.charCount(c);
            boolean isHarmless = keepsLines && (c == '\n' || c == '\t') || !isHarmful(c);
            if (isHarmless && plain != null) {
                plain.appendCodePoint(c);
            } else if (!isHarmless) {
                plain = plain == null ? new StringBuilder(text.substring(0, i)) : plain;
                for (int part = i; part < i + length; part++) {
                    plain.append(String.format("\\u%04x", (int) text.charAt(part)));
                }
            }
        }
        return plain == null ? text : plain.toString();
    }

    private static boolean isHarmful(int c) {
        return c < FIRST_PRINTABLE
                || c >= DELETE && c <= LAST_C1
                || c >= FIRST_TAG && c <= LAST_TAG
                || switch (Character.getType(c)) {
                    case Character.FORMAT,
                            Character.SURROGATE,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> true;
                    default -> false;
                };
    }
}
