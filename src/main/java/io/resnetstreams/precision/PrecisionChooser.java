package io.resnetstreams.precision;

import io.resnetstreams.common.Text;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Chooses the precision of a model: as decided before under the same circumstances, or else by measuring. */
public final class PrecisionChooser {
    /** The images may fill this part of the heap, beside the weights. */
    private static final int HEAP_SHARE = 4;

    private final ModelDirectory source;
    private final Circumstances circumstances;
    private final DecisionStore store;
    private final Consumer<String> log;

    /**
     * Chooses for a model in fp32.
     *
     * @param log receives what is told to people, line by line
     */
    public PrecisionChooser(
            ModelDirectory source, Circumstances circumstances, DecisionStore store, Consumer<String> log) {
        this.source = source;
        this.circumstances = circumstances;
        this.store = store;
        this.log = log;
    }

    /** Returns what was chosen before under the same circumstances. */
    public Optional<PrecisionChoice> stored() {
        return store.find(circumstances).map(stored -> told(stored, "; measured before: " + stored.file()));
    }

    private PrecisionChoice told(DecisionStore.Stored stored, String origin) {
        stored.decision().lines().forEach(line -> log.accept(line + origin));
        return new PrecisionChoice(stored.model(), stored.decision());
    }

    /**
     * Returns the stored choice, or else measures and stores it. Where that is not possible, which is told, it returns the model
     * in fp32, and stores nothing.
     */
    public PrecisionChoice choose(SampleSource images, Workbench.Factory factory) throws InterruptedException {
        Optional<PrecisionChoice> before = stored();
        if (before.isPresent()) {
            return before.get();
        }
        try {
            Samples samples = samples(images);
            try (Workbench bench = factory.open()) {
                PrecisionSearch.Found found = search(bench, samples);
                return told(store.save(decision(samples, found), found.accepted(), false), "");
            }
        } catch (IOException e) {
            log.accept("Precision fp32: " + e.getMessage() + "; the next start tries again");
            return PrecisionChoice.asStored(source);
        }
    }

    /**
     * Measures, whatever was decided before, and stores the choice.
     *
     * @param out a folder for the chosen model, in which case the choice is not stored; null for its usual place
     * @throws IOException if there are too few images, or a file can't be read or written
     */
    public PrecisionChoice measure(SampleSource images, Workbench.Factory factory, Path out)
            throws IOException, InterruptedException {
        Samples samples = samples(images);
        try (Workbench bench = factory.open()) {
            PrecisionSearch.Found found = search(bench, samples);
            Decision decision = decision(samples, found);
            if (out == null) {
                DecisionStore.Stored stored = store.save(decision, found.accepted(), true);
                return new PrecisionChoice(stored.model(), stored.decision());
            }
            return new PrecisionChoice(
                    found.accepted() == null ? source : store.write(decision, found.accepted(), out), decision);
        }
    }

    private Samples samples(SampleSource images) throws IOException, InterruptedException {
        List<byte[]> found = Samples.distinct(images.read(mostImages()));
        if (found.size() < Samples.LEAST_IMAGES) {
            throw new IOException(
                    "to calibrate and to compare labels, " + Samples.LEAST_IMAGES + " different images are needed; "
                            + images.origin() + " has " + found.size() + " that can be decoded");
        }
        return Samples.split(found, images.origin());
    }

    /** Returns the number of images that are wanted and fit into a part of the heap. */
    private int mostImages() {
        long imageBytes =
                3L * source.description().inputWidth() * source.description().inputHeight();
        long fitting = Runtime.getRuntime().maxMemory() / HEAP_SHARE / imageBytes;
        return (int) Math.max(Samples.LEAST_IMAGES, Math.min(circumstances.samples(), fitting));
    }

    private PrecisionSearch.Found search(Workbench bench, Samples samples) throws InterruptedException, IOException {
        log.accept("Looking for a faster precision: calibrating with "
                + Text.count(samples.calibration().size(), "image") + " of " + samples.origin()
                + ", comparing the labels of " + samples.heldOut().size() + " others");
        return PrecisionSearch.run(
                bench, samples, circumstances.minAgreement(), ModelDescription.nameOf(source.directory()));
    }

    private Decision decision(Samples samples, PrecisionSearch.Found found) {
        return new Decision(circumstances, samples.heldOut().size(), found.trials(), null, null);
    }
}
