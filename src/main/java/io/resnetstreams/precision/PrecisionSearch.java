package io.resnetstreams.precision;

import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** Measures all candidates, and chooses the fastest that is clearly faster than fp32 and agrees with it. */
final class PrecisionSearch {
    private final Workbench bench;
    private final Samples samples;
    private final double minAgreement;
    private final List<Trial> trials = new ArrayList<>();
    private int best = -1;
    private ModelDirectory accepted;

    /** @param accepted the files of the chosen model; null if fp32 was chosen */
    record Found(List<Trial> trials, ModelDirectory accepted) {}

    private PrecisionSearch(Workbench bench, Samples samples, double minAgreement) {
        this.bench = bench;
        this.samples = samples;
        this.minAgreement = minAgreement;
    }

    /** Measures the candidates of a workbench. */
    static Found run(Workbench bench, Samples samples, double minAgreement, String sourceName)
            throws IOException, InterruptedException {
        return new PrecisionSearch(bench, samples, minAgreement).run(sourceName);
    }

    private Found run(String sourceName) throws IOException, InterruptedException {
        int[] expected = bench.reference().classes(samples.heldOut());
        for (Candidate candidate : bench.candidates()) {
            trials.add(
                    candidate.obstacle() == null
                            ? tried(candidate, expected, sourceName)
                            : Trial.notMeasured(candidate, candidate.obstacle()));
        }
        return new Found(List.copyOf(trials), accepted);
    }

    private Trial tried(Candidate candidate, int[] expected, String sourceName)
            throws IOException, InterruptedException {
        String name = DecisionStore.modelName(sourceName, candidate.precision());
        try (Workbench.Loaded loaded = bench.load(candidate, name, samples.calibration())) {
            double agreement = agreement(expected, loaded.classes(samples.heldOut()));
            Trial trial = Trial.measured(candidate, agreement, bench.gain(loaded), minAgreement);
            return trial.accepted() ? compared(trial, loaded.files()) : trial;
        } catch (RuntimeException e) {
            // Whatever an engine can't do with a conversion, fp32 remains.
            return Trial.notMeasured(candidate, message(e));
        } catch (ExecutionException e) {
            return Trial.notMeasured(candidate, message(e.getCause()));
        } catch (OutOfMemoryError e) {
            // A conversion needs several copies of the weights. Without it the instance works, and would not start
            // again.
            return Trial.notMeasured(
                    candidate,
                    "the JVM's heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB is too small to convert it; 'model optimize' can, with a larger one");
        }
    }

    /** Compares an acceptable candidate with the fastest before it. */
    private Trial compared(Trial trial, ModelDirectory files) {
        if (best >= 0) {
            Trial former = trials.get(best);
            if (former.gain() >= trial.gain()) {
                return trial.refused(former.title() + " is faster");
            }
            trials.set(best, former.refused(trial.title() + " is faster"));
        }
        best = trials.size();
        accepted = files;
        return trial;
    }

    private static String message(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** Returns the share of equal classes. */
    static double agreement(int[] expected, int[] found) {
        long same = IntStream.range(0, expected.length)
                .filter(i -> expected[i] == found[i])
                .count();
        return (double) same / expected.length;
    }
}
