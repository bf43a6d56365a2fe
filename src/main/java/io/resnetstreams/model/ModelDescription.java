package io.resnetstreams.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The contents of {@code model.json}.
 *
 * @param formatVersion the version of this description; 1
 * @param resizeShortEdge pixels to which the short edge is resized before the crop; 0 to resize to the input size
 *     without a crop
 * @param topK number of labels per event
 * @param precision the type that the network computes in
 * @param provenance the origin of the parameters
 * @param files SHA-256 of each other file, in hexadecimal, by name
 */
@JsonPropertyOrder({
    "formatVersion",
    "name",
    "architecture",
    "inputWidth",
    "inputHeight",
    "resizeShortEdge",
    "mean",
    "std",
    "topK",
    "precision",
    "provenance",
    "licence",
    "files"
})
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
        Provenance provenance,
        String licence,
        Map<String, String> files) {
    public static final int FORMAT_VERSION = 1;
    /** The architecture of an imported graph. */
    public static final String OTHER = "other";

    private static final int LONGEST_NAME = 100;

    public ModelDescription {
        if (formatVersion != FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "formatVersion is " + formatVersion + "; this version reads " + FORMAT_VERSION);
        }
        require(name, "name");
        if (!name.matches("[a-zA-Z0-9._-]{1," + LONGEST_NAME + "}")) {
            throw new IllegalArgumentException(
                    "name is '" + name + "'; allowed are 1 to 100 of the characters a-z, A-Z, 0-9, '.', '_' and '-'");
        }
        require(architecture, "architecture");
        require(mean, "mean");
        require(std, "std");
        require(files, "files");
        requireRange("inputWidth", inputWidth, 1, 4_096);
        requireRange("inputHeight", inputHeight, 1, 4_096);
        requireRange("resizeShortEdge", resizeShortEdge, 0, 8_192);
        requireRange("topK", topK, 1, 1_000);
        require(precision, "precision");
        new Normalisation(mean, std);
        files = new TreeMap<>(files);
    }

    /**
     * The origin of a model.
     *
     * @param source {@code trained}, or the file it was imported from
     * @param commandLine the command that made it
     * @param log the name of the training log in the same directory
     * @param testAccuracy share of the held-out images whose first label is right
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
            Integer testImages) {
        /** Returns the origin of a model without the facts of a training. */
        public static Provenance of(String source, String dataset, String commandLine) {
            return new Provenance(source, dataset, commandLine, null, null, null, null, null);
        }
    }

    /** Returns a model name for a directory: the directory's name, with {@code -} for characters that are not allowed. */
    public static String nameOf(Path directory) {
        Path last = directory.toAbsolutePath().normalize().getFileName();
        String name = last == null ? "" : last.toString().replaceAll("[^a-zA-Z0-9._-]+", "-");
        return name.isEmpty() ? "model" : name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    /** Returns the normalisation of the network's input. */
    public Normalisation normalisation() {
        return new Normalisation(mean, std);
    }

    ModelDescription withFiles(Map<String, String> digests) {
        return with(name, precision, provenance, digests);
    }

    /** Returns a copy with another provenance. */
    public ModelDescription withProvenance(Provenance other) {
        return with(name, precision, other, files);
    }

    /** Returns the description of the network in another precision, without digests. */
    public ModelDescription inPrecision(String otherName, Precision other, Provenance otherProvenance) {
        return with(otherName, other, otherProvenance, Map.of());
    }

    private ModelDescription with(
            String otherName, Precision otherPrecision, Provenance otherProvenance, Map<String, String> otherFiles) {
        return new ModelDescription(
                formatVersion,
                otherName,
                architecture,
                inputWidth,
                inputHeight,
                resizeShortEdge,
                mean,
                std,
                topK,
                otherPrecision,
                otherProvenance,
                licence,
                otherFiles);
    }

    private static void require(Object value, String field) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
    }

    private static void requireRange(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " is " + value + "; allowed are " + least + " to " + most);
        }
    }
}
