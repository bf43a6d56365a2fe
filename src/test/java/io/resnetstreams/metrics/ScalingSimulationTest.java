package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.metrics.ScalingSignal.ScalingTargets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares the signal with KEDA's lag threshold and the HorizontalPodAutoscaler on CPU, each with its best setting
 * over all arrival patterns. Plots are written to {@code target/scaling}.
 */
class ScalingSimulationTest {
    private static final long SEED = Long.getLong("seed", 1);
    private static final Path PLOTS = Path.of("target", "scaling");
    private static final int PARTITIONS = 24;
    private static final double CAPACITY = ScalingSimulation.CAPACITY;
    /** The scaler polls every 30 s, an instance takes 60 s to start, and its joining causes two rebalances. */
    private static final double TARGET_SECONDS = 30 + 60 + 2 * ScalingSimulation.REBALANCE_SECONDS;

    private static final ScalingTargets TARGETS = new ScalingTargets(60_000, 0.9, 1, 60_000);

    private static final List<ArrivalPattern> PATTERNS = List.of(
            ArrivalPattern.step(CAPACITY / 3, CAPACITY * 25 / 6),
            ArrivalPattern.ramp(CAPACITY / 3, CAPACITY * 5),
            ArrivalPattern.wave(CAPACITY / 2, CAPACITY * 9 / 2),
            ArrivalPattern.burst(CAPACITY * 3 / 2, CAPACITY * 10, SEED));

    /** The results of an autoscaler, one per pattern. */
    private record Candidate(String name, List<ScalingSimulation.Result> results) {
        static Candidate run(String name, int partitions, Supplier<Autoscaler> autoscaler) {
            return new Candidate(
                    name,
                    PATTERNS.stream()
                            .map(pattern -> ScalingSimulation.run(pattern, partitions, autoscaler.get(), SEED))
                            .toList());
        }

        double worstP99() {
            return results.stream()
                    .mapToDouble(ScalingSimulation.Result::p99Seconds)
                    .max()
                    .orElseThrow();
        }

        double instanceHours() {
            return results.stream()
                    .mapToDouble(ScalingSimulation.Result::instanceHours)
                    .sum();
        }

        double meanSeconds() {
            return results.stream()
                    .mapToDouble(result -> result.agesMillis().getMean() / 1_000)
                    .average()
                    .orElseThrow();
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(
                    String.format("%-16s %6.1f h, mean age %5.1f s, p99", name, instanceHours(), meanSeconds()));
            for (int i = 0; i < results.size(); i++) {
                text.append(String.format(
                        " %s %.1f s (%.1f h)",
                        PATTERNS.get(i).name(),
                        results.get(i).p99Seconds(),
                        results.get(i).instanceHours()));
            }
            return text.toString();
        }
    }

    private static List<Candidate> search(String name, double[] settings, DoubleFunction<Autoscaler> autoscaler) {
        return DoubleStream.of(settings)
                .mapToObj(setting -> Candidate.run(
                        String.format("%s %.4g", name, setting), PARTITIONS, () -> autoscaler.apply(setting)))
                .toList();
    }

    /** Returns the cheapest candidate that meets the target, or the one that comes closest to it. */
    private static Candidate best(List<Candidate> candidates) {
        return candidates.stream()
                .filter(candidate -> candidate.worstP99() <= TARGET_SECONDS)
                .min(Comparator.comparingDouble(Candidate::instanceHours))
                .orElseGet(() -> candidates.stream()
                        .min(Comparator.comparingDouble(Candidate::worstP99))
                        .orElseThrow());
    }

    @Test
    @Tag("full") // Simulates 17 autoscalers; the test below covers the target, and ScalingSignalTest the signal itself.
    void theSignalMeetsTheTargetWithNoMoreInstanceHoursThanTheBestLagThreshold() {
        List<Candidate> lags = search(
                "lag",
                new double[] {100, 150, 175, 200, 210, 220, 250, 300, 400},
                setting -> Autoscaler.lag((long) setting));
        List<Candidate> cpus = search("cpu", new double[] {0.5, 0.6, 0.7, 0.8, 0.9}, Autoscaler::cpu);
        List<Candidate> signals = search(
                "signal",
                new double[] {0.8, TARGETS.targetUtilisation(), 1},
                utilisation -> Autoscaler.signal(new ScalingTargets(
                        TARGETS.targetDrainMillis(), utilisation, TARGETS.minInstances(), TARGETS.holdMillis())));
        Candidate signal = signals.get(1);
        Candidate lag = best(lags);
        Candidate cpu = best(cpus);
        System.out.printf("scaling, seed %d, target %.0f s%n", SEED, TARGET_SECONDS);
        List.of(signals, lags, cpus).forEach(list -> list.forEach(System.out::println));
        System.out.printf("best: %s, %s%n", lag.name(), cpu.name());
        plot(signals, lags, cpus, List.of(signal, lag, cpu));

        assertThat(signal.worstP99()).isLessThanOrEqualTo(TARGET_SECONDS);
        assertThat(lag.worstP99()).as("a threshold that meets the target").isLessThanOrEqualTo(TARGET_SECONDS);
        assertThat(signal.instanceHours()).isLessThanOrEqualTo(lag.instanceHours());
    }

    /**
     * With six partitions, four or five instances are no faster than three, since one instance still has two
     * partitions.
     */
    @Test
    void anEvenShareOfFewPartitionsKeepsEventsYoung() {
        Candidate even = Candidate.run("even", 6, () -> Autoscaler.signal(TARGETS));
        Candidate any = Candidate.run("any number", 6, () -> Autoscaler.signalOfAnyNumber(TARGETS));
        System.out.printf("six partitions, seed %d%n%s%n%s%n", SEED, even, any);
        assertThat(even.worstP99()).isLessThanOrEqualTo(TARGET_SECONDS);
        assertThat(even.meanSeconds()).isLessThan(any.meanSeconds());
    }

    private static void plot(
            List<Candidate> signals, List<Candidate> lags, List<Candidate> cpus, List<Candidate> chosen) {
        for (int i = 0; i < PATTERNS.size(); i++) {
            String pattern = PATTERNS.get(i).name();
            Map<String, ScalingPlot.Curve> ages = new LinkedHashMap<>();
            Map<String, ScalingPlot.Curve> instances = new LinkedHashMap<>();
            for (Candidate candidate : chosen) {
                List<ScalingSimulation.Point> points =
                        candidate.results().get(i).points();
                double[] minutes = points.stream()
                        .mapToDouble(ScalingSimulation.Point::minutes)
                        .toArray();
                ages.put(
                        candidate.name(),
                        new ScalingPlot.Curve(
                                minutes,
                                points.stream()
                                        .mapToDouble(ScalingSimulation.Point::worstAgeSeconds)
                                        .toArray()));
                instances.put(
                        candidate.name(),
                        new ScalingPlot.Curve(
                                minutes,
                                points.stream()
                                        .mapToDouble(ScalingSimulation.Point::started)
                                        .toArray()));
            }
            ScalingPlot.lines(
                    PLOTS.resolve(pattern + "-age.svg"),
                    "Longest age of a minute's events: " + pattern,
                    "minutes",
                    "seconds",
                    ages);
            ScalingPlot.lines(
                    PLOTS.resolve(pattern + "-instances.svg"),
                    "Instances: " + pattern,
                    "minutes",
                    "instances",
                    instances);
        }
        Map<String, ScalingPlot.Curve> costs = new LinkedHashMap<>();
        costs.put("signal, by utilisation", cost(signals));
        costs.put("KEDA on lag, by threshold", cost(lags));
        costs.put("HPA on CPU, by utilisation", cost(cpus));
        ScalingPlot.points(
                PLOTS.resolve("cost.svg"),
                "What a short queue costs: all four patterns",
                "p99 of event age in the worst pattern, seconds",
                "instance-hours",
                costs);
    }

    private static ScalingPlot.Curve cost(List<Candidate> candidates) {
        List<Candidate> sorted = new ArrayList<>(candidates);
        sorted.sort(Comparator.comparingDouble(Candidate::worstP99));
        return new ScalingPlot.Curve(
                sorted.stream().mapToDouble(Candidate::worstP99).toArray(),
                sorted.stream().mapToDouble(Candidate::instanceHours).toArray());
    }
}
