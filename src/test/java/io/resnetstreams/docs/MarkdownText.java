package io.resnetstreams.docs;

/** Builds Markdown whose prose has at most 118 columns. */
final class MarkdownText {
    private static final int COLUMNS = 118;
    private static final int COMMAND_COLUMNS = 110;

    private final StringBuilder text = new StringBuilder();
    private boolean inList;

    /** Escapes characters that would be read as HTML or Markdown. */
    static String escaped(String prose) {
        return prose.replace("<", "\\<").replace("*", "\\*");
    }

    /** Wraps a long shell command over several lines. */
    static String wrappedCommand(String command) {
        return wrapped(command, "", "  ", COMMAND_COLUMNS, " \\");
    }

    void heading(int level, String title) {
        blank();
        text.append("#".repeat(level)).append(' ').append(title).append('\n');
        inList = false;
        text.append('\n');
    }

    void paragraph(String prose) {
        blank();
        text.append(wrapped(prose, "", "", COLUMNS, "")).append("\n\n");
    }

    /** Adds a list item. */
    void item(String prose) {
        if (!inList) {
            blank();
        }
        text.append(wrapped(prose, "- ", "  ", COLUMNS, "")).append('\n');
        inList = true;
    }

    /** Adds a line unchanged, such as a table row. */
    void line(String line) {
        text.append(line).append('\n');
        inList = true;
    }

    void code(String language, String code) {
        blank();
        text.append("```").append(language).append('\n').append(code).append("\n```\n\n");
    }

    /** Adds an empty line after the preceding text. */
    private void blank() {
        inList = false;
        if (!text.isEmpty() && !text.toString().endsWith("\n\n")) {
            text.append('\n');
        }
    }

    private static String wrapped(String prose, String first, String next, int columns, String atLineEnd) {
        StringBuilder wrapped = new StringBuilder();
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (String word : prose.split(" ")) {
            if (!empty && line.length() + 1 + word.length() > columns) {
                wrapped.append(line).append(atLineEnd).append('\n');
                line = new StringBuilder(next);
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        return wrapped.append(line).toString();
    }

    @Override
    public String toString() {
        return text.toString().stripTrailing() + "\n";
    }
}
