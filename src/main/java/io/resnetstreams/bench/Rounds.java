package io.resnetstreams.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures candidates in turn (A B A B …), so that whatever else the machine does meets all of them, and takes medians.
 * One round before is warm-up and counts for nothing.
 */
public final class Rounds {
    private final int rounds;
    private final Map<String, Measurement> candidates = new LinkedHashMap<>();
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();

    public Rounds(int rounds) {
        this.rounds = rounds;
    }

    /** Runs once and returns a rate, such as images per second. */
    @FunctionalInterface
    public interface Measurement {
        double rate() throws Exception;
    }

    public Rounds add(String name, Measurement measurement) {
        candidates.put(name, measurement);
        return this;
    }

    /** What the rounds had in the middle, and between what they lay. */
    public record Spread(double median, double least, double most) {}

    /** Measures, and returns each candidate's median rate, by name. */
    public Map<String, Double> medians() throws Exception {
        candidates.keySet().forEach(name -> rates.put(name, new ArrayList<>()));
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, Measurement> candidate : candidates.entrySet()) {
                double rate = candidate.getValue().rate();
                if (round > 0) {
                    rates.get(candidate.getKey()).add(rate);
                }
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        rates.forEach((name, list) -> medians.put(name, median(list)));
        return medians;
    }

    /** Returns one candidate's rates over another's of the same round, as {@link #medians} has measured them. */
    public Spread ratio(String name, String other) {
        List<Double> ratios = IntStream.range(0, rounds)
                .mapToObj(round -> rates.get(name).get(round) / rates.get(other).get(round))
                .toList();
        return new Spread(median(ratios), Collections.min(ratios), Collections.max(ratios));
    }

    /** Returns the middle value, or the mean of the two in the middle. */
    public static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
