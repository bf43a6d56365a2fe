package io.resnetstreams.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures candidates in turn (A B A B …), so that other load on the machine affects all of them, and computes medians. A
 * warm-up round is not counted.
 */
public final class Rounds {
    private final int rounds;
    private final Map<String, Measurement> candidates = new LinkedHashMap<>();
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();

    /** Creates a measurement with this number of counted rounds. */
    public Rounds(int rounds) {
        this.rounds = rounds;
    }

    /** A measurement of a candidate. */
    @FunctionalInterface
    public interface Measurement {
        /** Measures once and returns a rate, such as images per second. */
        double rate() throws Exception;
    }

    /** Adds a candidate. */
    public Rounds add(String name, Measurement measurement) {
        candidates.put(name, measurement);
        return this;
    }

    /** Median, minimum and maximum of the rounds. */
    public record Spread(double median, double least, double most) {}

    /** Runs the rounds and returns the median rate of each candidate, by name. */
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

    /** Returns the ratios of two candidates' rates in the same round; call {@link #medians} first. */
    public Spread ratio(String name, String other) {
        List<Double> ratios = IntStream.range(0, rounds)
                .mapToObj(round -> rates.get(name).get(round) / rates.get(other).get(round))
                .toList();
        return new Spread(median(ratios), Collections.min(ratios), Collections.max(ratios));
    }

    /** Returns the median. */
    public static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
