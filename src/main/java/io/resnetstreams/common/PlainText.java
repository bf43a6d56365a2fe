package io.resnetstreams.common;

/**
 * Makes text from events, files and models safe for terminals and logs. It escapes, in the notation of Java and JSON, control
 * characters (C0, DEL and C1, which control terminals), line and paragraph separators, characters that change the writing
 * direction or have no width, and unpaired surrogates. Threading: stateless.
 */
public final class PlainText {
    private PlainText() {}

    /** Returns the text in one line, or {@code "null"}. */
    public static String of(String text) {
        return escaped(String.valueOf(text), false);
    }

    /** Returns the text with its line breaks and tabs unchanged. */
    public static String lines(String text) {
        return escaped(String.valueOf(text), true);
    }

    /** Returns the text in one line, truncated at its end to this number of characters. */
    public static String limited(String text, int most) {
        // The rest need not be escaped, since an escape is never shorter than the escaped text.
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
        // C0; DEL and C1; tags.
        return c < 0x20
                || c >= 0x7f && c <= 0x9f
                || c >= 0xe0000 && c <= 0xe007f
                || switch (Character.getType(c)) {
                    case Character.FORMAT,
                            Character.SURROGATE,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> true;
                    default -> false;
                };
    }
}
