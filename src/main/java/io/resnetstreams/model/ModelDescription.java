package io.resnetstreams.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.resnetstreams.common.Ranges;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The contents of {@code model.json}.
 *
 * @param resizeShortEdge pixels to which the short edge is resized before the crop; 0 to resize to the input size
 *     without a crop
 * @param engine the only engine that may run it; null if any may
 * @param files SHA-256 of each other file, in hexadecimal, by name
 */
public record ModelDescription(
        int formatVersion,
        String name,
        String architecture,
        int inputWidth,
        int inputHeight,
        int resizeShortEdge,
        List<Double> mean,
        List<Double> std,
        int topK,
        Precision precision,
        @JsonInclude(JsonInclude.Include.NON_NULL) EngineName engine,
        Provenance provenance,
        String licence,
        Map<String, String> files) {
    public static final int FORMAT_VERSION = 1;
    /** The architecture of an imported graph. */
    public static final String OTHER = "other";

    private static final int LONGEST_NAME = 100;

    public ModelDescription {
        require(
                formatVersion == FORMAT_VERSION,
                "formatVersion is " + formatVersion + "; this version reads " + FORMAT_VERSION);
        require(name != null, "name is missing");
        require(
                name.matches("[a-zA-Z0-9._-]{1," + LONGEST_NAME + "}"),
                "name is '" + name + "'; allowed are 1 to 100 of the characters a-z, A-Z, 0-9, '.', '_' and '-'");
        require(architecture != null, "architecture is missing");
        require(mean != null, "mean is missing");
        require(std != null, "std is missing");
        require(files != null, "files is missing");
        Ranges.require("inputWidth", inputWidth, 1, 4_096);
        Ranges.require("inputHeight", inputHeight, 1, 4_096);
        Ranges.require("resizeShortEdge", resizeShortEdge, 0, 8_192);
        Ranges.require("topK", topK, 1, 1_000);
        require(precision != null, "precision is missing");
        new Normalisation(mean, std);
        files = new TreeMap<>(files);
    }

    /**
     * The origin of a model: its source is {@code trained} or the file it was imported from, its log is in the same
     * directory, and the accuracy is the share of the held-out images whose first label is right.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Provenance(
            String source,
            String dataset,
            String commandLine,
            Integer epochs,
            Long seed,
            String log,
            Double testAccuracy,
            Integer testImages,
            Conversion conversion) {
        /** The origin of a model that was not trained or measured yet. */
        public Provenance(String source, String dataset, String commandLine) {
            this(source, dataset, commandLine, null, null, null, null, null, null);
        }
    }

    /**
     * How a model in a lower precision compares with the one in fp32 that it was made from.
     *
     * @param digest of that model
     * @param agreement share of held-out images for which both have the same first label
     * @param gain speed relative to that model, on the machine where it was measured
     * @param images the origin of the images
     */
    public record Conversion(String digest, double agreement, int heldOut, double gain, String images) {}

    /** Returns a model name for a directory: the directory's name, with {@code -} for characters that are not allowed. */
    public static String nameOf(Path directory) {
        Path last = directory.toAbsolutePath().normalize().getFileName();
        String name = last == null ? "" : last.toString().replaceAll("[^a-zA-Z0-9._-]+", "-");
        return name.isEmpty() ? "model" : name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    public Normalisation normalisation() {
        return new Normalisation(mean, std);
    }

    ModelDescription withFiles(Map<String, String> digests) {
        return with(name, precision, engine, provenance, digests);
    }

    public ModelDescription withProvenance(Provenance other) {
        return with(name, precision, engine, other, files);
    }

    /** Returns the description of the network in another precision, for an engine or null for any, without digests. */
    public ModelDescription inPrecision(
            String otherName, Precision other, EngineName otherEngine, Provenance otherProvenance) {
        return with(otherName, other, otherEngine, otherProvenance, Map.of());
    }

    private ModelDescription with(
            String name, Precision precision, EngineName engine, Provenance provenance, Map<String, String> files) {
        return new ModelDescription(
                formatVersion,
                name,
                architecture,
                inputWidth,
                inputHeight,
                resizeShortEdge,
                mean,
                std,
                topK,
                precision,
                engine,
                provenance,
                licence,
                files);
    }

    private static void require(boolean holds, String fault) {
        if (!holds) {
            throw new IllegalArgumentException(fault);
        }
    }
}
