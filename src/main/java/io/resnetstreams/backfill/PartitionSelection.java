package io.resnetstreams.backfill;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Selects partitions of a topic: numbers and ranges, such as {@code 0,3-5}, or all. */
public final class PartitionSelection {
    /** The text that selects all partitions. */
    public static final String ALL = "all";

    private static final Pattern PART = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    private final String text;
    private final SortedSet<Integer> parts;

    /** Parses {@value #ALL}, or numbers and ranges; throws {@link IllegalArgumentException} for another text. */
    public PartitionSelection(String text) {
        this.text = text;
        this.parts = text.equals(ALL) ? new TreeSet<>() : parts();
    }

    /** Returns the selected partitions; throws {@link IllegalArgumentException} if one does not exist. */
    public SortedSet<Integer> of(String topic, int count) {
        if (text.equals(ALL)) {
            return IntStream.range(0, count).boxed().collect(Collectors.toCollection(TreeSet::new));
        }
        if (parts.last() >= count) {
            throw new IllegalArgumentException("--partitions is '" + text + "' and topic '" + topic + "' has " + count
                    + " partitions; allowed are 0 to " + (count - 1));
        }
        return parts;
    }

    private SortedSet<Integer> parts() {
        SortedSet<Integer> partitions = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            if (!matcher.matches()) {
                throw malformed();
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first) {
                throw malformed();
            }
            IntStream.rangeClosed(first, last).forEach(partitions::add);
        }
        return partitions;
    }

    private IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "--partitions is '" + text + "'; numbers and ranges separated by commas are needed, such as 0,3-5");
    }

    /** Returns a text that is the same for equal selections. */
    @Override
    public String toString() {
        return text.equals(ALL) ? ALL : parts.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
