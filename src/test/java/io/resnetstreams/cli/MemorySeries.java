package io.resnetstreams.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The memory of a process over time. Threading: written by one thread and read after that has finished. */
final class MemorySeries {
    private static final double MEGABYTE = 1e6;

    private record Sample(double minutes, long bytes) {}

    private final List<Sample> samples = new ArrayList<>();

    void add(double minutes, long bytes) {
        samples.add(new Sample(minutes, bytes));
    }

    int size() {
        return samples.size();
    }

    double peakMegabytes() {
        return samples.stream().mapToLong(Sample::bytes).max().orElseThrow() / MEGABYTE;
    }

    /** Returns the growth in megabytes per minute from a minute on: the slope of a least-squares fit. */
    double slope(double fromMinute) {
        List<Sample> late =
                samples.stream().filter(sample -> sample.minutes >= fromMinute).toList();
        if (late.size() < 2) {
            throw new IllegalStateException("there are " + late.size() + " samples from minute " + fromMinute + " on");
        }
        double meanMinutes =
                late.stream().mapToDouble(Sample::minutes).average().orElseThrow();
        double meanBytes = late.stream().mapToLong(Sample::bytes).average().orElseThrow();
        double covariance = 0;
        double variance = 0;
        for (Sample sample : late) {
            covariance += (sample.minutes - meanMinutes) * (sample.bytes - meanBytes);
            variance += (sample.minutes - meanMinutes) * (sample.minutes - meanMinutes);
        }
        return covariance / variance / MEGABYTE;
    }

    /** Returns the series as a Markdown table. */
    String table() {
        StringBuilder table = new StringBuilder("| minute | resident, MB |\n| --- | --- |\n");
        for (Sample sample : samples) {
            table.append(String.format(Locale.ROOT, "| %.2f | %.1f |%n", sample.minutes, sample.bytes / MEGABYTE));
        }
        return table.toString();
    }
}
