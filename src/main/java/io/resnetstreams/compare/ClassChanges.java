package io.resnetstreams.compare;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Counts events by their label names in A and in B: 100 bytes a pair, up to a million pairs. Threading: one thread. */
public final class ClassChanges {
    private static final int MAX_PAIRS = 1_000_000;

    private static final Comparator<Change> BY_COUNT = Comparator.comparingLong(Change::count)
            .reversed()
            .thenComparing(Change::from)
            .thenComparing(Change::to);

    private final Map<String, String> names = new HashMap<>();
    private final Map<Pair, long[]> counts = new HashMap<>();
    private final int maxPairs;
    private long uncounted;

    ClassChanges() {
        this(MAX_PAIRS);
    }

    ClassChanges(int maxPairs) {
        this.maxPairs = maxPairs;
    }

    /** The labels of one event in A and in B, which may be equal. */
    private record Pair(String from, String to) {}

    /** The number of events with one label in A and another in B. */
    public record Change(String from, String to, long count) {}

    void add(String from, String to) {
        long[] count = counts.get(new Pair(from, to));
        if (count == null && counts.size() < maxPairs) {
            count = new long[1];
            counts.put(new Pair(shared(from), shared(to)), count);
        }
        if (count == null) {
            uncounted += from.equals(to) ? 0 : 1;
        } else {
            count[0]++;
        }
    }

    private String shared(String name) {
        String known = names.putIfAbsent(name, name);
        return known == null ? name : known;
    }

    /** Returns the pairs of different labels, most frequent first. */
    public List<Change> changes() {
        return pairs(false);
    }

    private List<Change> pairs(boolean same) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().from().equals(entry.getKey().to()) == same)
                .map(entry -> new Change(entry.getKey().from(), entry.getKey().to(), entry.getValue()[0]))
                .sorted(BY_COUNT)
                .toList();
    }

    /** Returns the number of changed events whose pair is not counted, since there were too many pairs. */
    public long uncounted() {
        return uncounted;
    }

    /** Returns the number of events with these labels in A and in B. */
    public long count(String from, String to) {
        long[] count = counts.get(new Pair(from, to));
        return count == null ? 0 : count[0];
    }

    /** Returns up to this number of labels, preferring those of frequent changes; in alphabetical order. */
    public List<String> mostChanged(int most) {
        SortedSet<String> labels = new TreeSet<>();
        Stream.concat(changes().stream(), pairs(true).stream())
                .flatMap(pair -> Stream.of(pair.from(), pair.to()))
                .distinct()
                .limit(most)
                .forEach(labels::add);
        return List.copyOf(labels);
    }
}
