package io.resnetstreams.backfill;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Selects partitions of a topic: numbers and ranges, such as {@code 0,3-5}, or all. */
public final class PartitionSelection {
    /** The text that selects all partitions. */
    public static final String ALL = "all";

    private static final Pattern PART = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    private final String text;

    /**
     * Parses a selection.
     *
     * @throws IllegalArgumentException if it is neither {@value #ALL} nor a list of numbers and ranges
     */
    public PartitionSelection(String text) {
        this.text = text;
        if (!text.equals(ALL)) {
            parts();
        }
    }

    /**
     * Returns the selected partitions of a topic.
     *
     * @param count the number of partitions of the topic
     * @throws IllegalArgumentException if a selected partition does not exist
     */
    public SortedSet<Integer> of(String topic, int count) {
        SortedSet<Integer> chosen = new TreeSet<>();
        if (text.equals(ALL)) {
            for (int partition = 0; partition < count; partition++) {
                chosen.add(partition);
            }
            return chosen;
        }
        chosen.addAll(parts());
        if (chosen.last() >= count) {
            throw new IllegalArgumentException("--partitions is '" + text + "' and topic '" + topic + "' has " + count
                    + " partitions; allowed are 0 to " + (count - 1));
        }
        return chosen;
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
            for (int partition = first; partition <= last; partition++) {
                partitions.add(partition);
            }
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
        return text.equals(ALL)
                ? ALL
                : String.join(",", parts().stream().map(String::valueOf).toList());
    }
}
