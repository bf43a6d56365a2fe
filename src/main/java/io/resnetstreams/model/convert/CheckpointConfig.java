package io.resnetstreams.model.convert;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.JsonFile;
import io.resnetstreams.model.network.ResNetArchitecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stands beside a checkpoint about its network: {@code config.json} and {@code preprocessor_config.json} of Hugging
 * Face's transformers, or timm's {@code config.json}. What a file doesn't say is null.
 *
 * @param architecture a name of {@link ResNetArchitecture}
 * @param labels by class
 * @param size the edge of the network's images
 * @param resize the short edge before the crop; 0 for none
 * @param notes what can't be followed, for people
 */
public record CheckpointConfig(
        String architecture,
        List<String> labels,
        Integer size,
        Integer resize,
        List<Double> mean,
        List<Double> std,
        List<String> notes) {
    static final String CONFIG_FILE = "config.json";
    static final String PREPROCESSOR_FILE = "preprocessor_config.json";

    /** For a checkpoint with nothing beside it. */
    private static final CheckpointConfig NONE = new CheckpointConfig(null, null, null, null, null, null, List.of());

    /**
     * Reads what stands beside a checkpoint.
     *
     * @param architectureNamed whether the architecture is known otherwise; one here that can't be built is then no error
     * @param labelsGiven whether there are other labels, so that those here are not looked at
     * @throws InvalidModelException if a file is not JSON, or describes a network that is not built here
     */
    public static CheckpointConfig beside(Path checkpoint, boolean architectureNamed, boolean labelsGiven)
            throws InvalidModelException {
        Path file = checkpoint.resolveSibling(CONFIG_FILE);
        JsonNode config = Files.isRegularFile(file) ? JsonFile.read(file) : null;
        boolean isTransformers =
                config != null && config.path("model_type").asText().equals("resnet");
        Path preprocessorFile = checkpoint.resolveSibling(PREPROCESSOR_FILE);
        if (config == null && !Files.isRegularFile(preprocessorFile)) {
            return NONE;
        }
        if (config != null && !isTransformers && config.path("architecture").isTextual()) {
            return new TimmConfig(file, config).read(architectureNamed, labelsGiven);
        }
        List<String> notes = new ArrayList<>();
        if (config != null && !isTransformers) {
            String type = config.path("model_type").asText();
            if (!type.isEmpty() && !architectureNamed) {
                throw new InvalidModelException(file + ": model_type is '" + type + "'; only 'resnet' can be imported."
                        + " Where the file belongs to another checkpoint, name the network with --architecture");
            }
            notes.add(CONFIG_FILE + " is left aside: it is neither a ResNet's of transformers nor timm's");
        }
        TransformersConfig transformers = new TransformersConfig(file, isTransformers ? config : null, notes);
        return transformers.read(
                Files.isRegularFile(preprocessorFile) ? JsonFile.read(preprocessorFile) : null,
                preprocessorFile,
                architectureNamed,
                labelsGiven);
    }

    /**
     * Returns a class's label as one line.
     *
     * @throws InvalidModelException if there is none
     */
    static String label(Path file, String field, int index, JsonNode name) throws InvalidModelException {
        String label = name == null || !name.isValueNode() || name.isNull()
                ? ""
                : name.asText().strip().replaceAll("\\s+", " ");
        if (label.isEmpty()) {
            throw new InvalidModelException(
                    file + ": " + field + " has no label for class " + index + "; --synset FILE gives others");
        }
        return label;
    }

    /** Returns three numbers, or null where the field is missing. */
    static List<Double> colours(Path file, JsonNode object, String field) throws InvalidModelException {
        JsonNode values = object.path(field);
        if (values.isMissingNode() || values.isNull()) {
            return null;
        }
        List<Double> colours = new ArrayList<>();
        for (JsonNode value : values) {
            if (value.isNumber()) {
                colours.add(value.doubleValue());
            }
        }
        if (colours.size() != 3 || values.size() != 3) {
            throw new InvalidModelException(
                    file + ": " + field + " is " + values + "; three numbers are needed: red, green, blue");
        }
        return colours;
    }

    /** Returns a whole number, or null where the node is missing. */
    static Integer edge(Path file, String field, JsonNode node) throws InvalidModelException {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.canConvertToExactIntegral() || node.asInt() < 1 || node.asInt() > 4_096) {
            throw new InvalidModelException(file + ": " + field + " is " + node + "; allowed are 1 to 4096 pixels");
        }
        return node.asInt();
    }

    /** Returns a square's edge of {@code {"height": N, "width": N}}, or null where the node has neither. */
    static Integer square(Path file, String field, JsonNode node) throws InvalidModelException {
        Integer height = edge(file, field + ".height", node.path("height"));
        Integer width = edge(file, field + ".width", node.path("width"));
        if (height != null && !height.equals(width)) {
            throw new InvalidModelException(
                    file + ": " + field + " is " + node + "; only squares can be imported: give --crop and --resize");
        }
        return height;
    }

    /** Returns the name with the ending, if there is such a network. */
    static Optional<ResNetArchitecture> large(String name) {
        return ResNetArchitecture.find(name).filter(found -> found.stem() != ResNetArchitecture.Stem.SMALL);
    }
}
