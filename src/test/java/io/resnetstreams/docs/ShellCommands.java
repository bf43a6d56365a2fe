package io.resnetstreams.docs;

import java.util.ArrayList;
import java.util.List;

/** Shell commands, split as a shell splits them: quotes, comments, continued lines, pipes and redirections. */
final class ShellCommands {
    private final List<List<String>> commands = new ArrayList<>();
    private List<String> words = new ArrayList<>();
    private StringBuilder word = new StringBuilder();
    private boolean inWord;

    private ShellCommands() {}

    /** Returns the words of each simple command of a script, without redirections. */
    static List<List<String>> of(String script) {
        ShellCommands parser = new ShellCommands();
        parser.parse(script.replaceAll("\\\\\n\\s*", " "));
        return parser.commands.stream().map(ShellCommands::withoutRedirections).toList();
    }

    private void parse(String script) {
        int at = 0;
        while (at < script.length()) {
            char c = script.charAt(at);
            if (c == '\'' || c == '"') {
                int end = closing(script, at);
                word.append(script, at + 1, end);
                inWord = true;
                at = end;
            } else if (c == '#' && !inWord) {
                int end = script.indexOf('\n', at);
                at = end < 0 ? script.length() : end - 1;
            } else if (c == '\n' || c == ';' || c == '|' || c == '&' || c == '(' || c == ')') {
                endCommand();
            } else if (c == ' ') {
                endWord();
            } else {
                word.append(c);
                inWord = true;
            }
            at++;
        }
        endCommand();
    }

    private static int closing(String script, int open) {
        char quote = script.charAt(open);
        int at = open + 1;
        while (at < script.length() && script.charAt(at) != quote) {
            at += quote == '"' && script.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= script.length()) {
            throw new IllegalArgumentException("a quote is not closed: " + script.substring(open));
        }
        return at;
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word = new StringBuilder();
            inWord = false;
        }
    }

    private void endCommand() {
        endWord();
        if (!words.isEmpty()) {
            commands.add(words);
            words = new ArrayList<>();
        }
    }

    private static List<String> withoutRedirections(List<String> words) {
        return words.stream().filter(word -> !word.matches("[0-9]*[<>].*")).toList();
    }
}
