package io.resnetstreams.fetch;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names in which {@code *} stands for any characters. Immutable. */
final class Glob {
    private final Pattern pattern;

    Glob(String text) {
        pattern = Pattern.compile(
                Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    /** Returns the entries of a list that is separated by commas; empty for blank text. */
    static List<String> entries(String list) {
        return list.isBlank()
                ? List.of()
                : Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    }
}
