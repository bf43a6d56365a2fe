package io.resnetstreams.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures candidates in turn (A B A B …), so that other load on the machine affects all of them, and computes medians. A
 * warm-up round is not counted.
 */
final class Rounds {
    private final int rounds;
    private final Map<String, Callable<Double>> candidates = new LinkedHashMap<>();
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();

    /** A measurement of a subject. */
    @FunctionalInterface
    interface Measurement<S, T> {
        T measure(S subject) throws Exception;
    }

    /** Creates a measurement with this number of counted rounds. */
    Rounds(int rounds) {
        this.rounds = rounds;
    }

    /** Adds a candidate, which measures once and returns a rate, such as images per second. */
    Rounds add(String name, Callable<Double> measurement) {
        candidates.put(name, measurement);
        rates.put(name, new ArrayList<>());
        return this;
    }

    /** Runs the rounds and returns the median rate of each candidate, by name. */
    Map<String, Double> medians() throws Exception {
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, Callable<Double>> candidate : candidates.entrySet()) {
                double rate = candidate.getValue().call();
                if (round > 0) {
                    rates.get(candidate.getKey()).add(rate);
                }
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        rates.forEach((name, list) -> medians.put(name, median(list)));
        return medians;
    }

    /** Returns the rate of each candidate in each counted round; call {@link #medians} first. */
    Map<String, List<Double>> raw() {
        Map<String, List<Double>> raw = new LinkedHashMap<>();
        rates.forEach((name, list) -> raw.put(name, List.copyOf(list)));
        return raw;
    }

    /** Returns the ratios of two candidates' rates in the same round; call {@link #medians} first. */
    List<Double> ratios(String name, String other) {
        return IntStream.range(0, rounds)
                .mapToObj(round -> rates.get(name).get(round) / rates.get(other).get(round))
                .toList();
    }

    static <T> double median(List<T> of, ToDoubleFunction<T> value) {
        return median(of.stream().mapToDouble(value).boxed().toList());
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
