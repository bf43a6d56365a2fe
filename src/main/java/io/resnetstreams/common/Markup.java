package io.resnetstreams.common;

/** Escapes text for HTML and XML. Stateless. */
public final class Markup {
    private Markup() {}

    /** Escapes text for elements and quoted attributes; characters that XML does not allow become U+FFFD. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isAllowed(point) ? point : 0xFFFD);
            }
        });
        return escaped.toString();
    }

    private static boolean isAllowed(int point) {
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return point == '\t'
                || point == '\n'
                || !Character.isISOControl(point) && !surrogate && point != 0xFFFE && point != 0xFFFF;
    }
}
