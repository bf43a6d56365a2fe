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
 * What {@code model.json} says.
 *
 * @param formatVersion the version of this description; 1
 * @param resizeShortEdge pixels that the shorter edge is resized to before the crop; 0 for none
 * @param topK how many labels an event gets
 * @param precision what the network computes in
 * @param provenance where the parameters come from
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
    /** The architecture of a graph that was brought along rather than built here. */
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
     * How a model came to be.
     *
     * @param source {@code trained}, or what it was imported from
     * @param commandLine the command that made it
     * @param log the training log's file name, beside this file
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
            Integer testImages) {}

    /** Returns the name of a model that is written to a directory: the directory's, with {@code -} for what no name has. */
    public static String nameOf(Path directory) {
        Path last = directory.toAbsolutePath().normalize().getFileName();
        String name = last == null ? "" : last.toString().replaceAll("[^a-zA-Z0-9._-]+", "-");
        return name.isEmpty() ? "model" : name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    public Normalisation normalisation() {
        return new Normalisation(mean, std);
    }

    /** Returns the same with the digests of its files. */
    ModelDescription withFiles(Map<String, String> digests) {
        return with(name, precision, provenance, digests);
    }

    /** Returns the same with another provenance. */
    public ModelDescription withProvenance(Provenance other) {
        return with(name, precision, other, files);
    }

    /** Returns the same network's description in another precision. */
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
