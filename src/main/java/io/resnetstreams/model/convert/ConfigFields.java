package io.resnetstreams.model.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The fields of a JSON object that describes a checkpoint. A missing field is null. */
record ConfigFields(Path file, JsonNode object) {
    private static final int LARGEST_EDGE = 4_096;

    /** Reads a file; it has no fields if it does not exist. */
    static ConfigFields read(Path file) throws InvalidModelException {
        return Files.isRegularFile(file) ? new ConfigFields(file, JsonFile.read(file)) : absent(file);
    }

    static ConfigFields absent(Path file) {
        return new ConfigFields(file, MissingNode.getInstance());
    }

    JsonNode path(String field) {
        return object.path(field);
    }

    boolean isAbsent() {
        return object.isMissingNode();
    }

    InvalidModelException invalid(String fault) {
        return new InvalidModelException(file + ": " + fault);
    }

    /** Returns one label per class, each as one line; null if the field is neither an array nor an object, or is empty. */
    List<String> labels(String field) throws InvalidModelException {
        JsonNode names = object.path(field);
        if (!names.isContainerNode() || names.isEmpty()) {
            return null;
        }
        List<String> labels = new ArrayList<>();
        for (int index = 0; index < names.size(); index++) {
            JsonNode name = names.isArray() ? names.get(index) : names.path(Integer.toString(index));
            String label =
                    name.isValueNode() && !name.isNull() ? name.asText().strip().replaceAll("\\s+", " ") : "";
            if (label.isEmpty()) {
                throw invalid(field + " has no label for class " + index + "; --synset FILE sets other labels");
            }
            labels.add(label);
        }
        return labels;
    }

    /** Returns three numbers: red, green, blue. */
    List<Double> colours(String field) throws InvalidModelException {
        if (!object.hasNonNull(field)) {
            return null;
        }
        JsonNode values = object.get(field);
        List<Double> colours = values.valueStream()
                .filter(JsonNode::isNumber)
                .map(JsonNode::doubleValue)
                .toList();
        if (colours.size() != 3 || values.size() != 3) {
            throw invalid(field + " is " + values + "; must be three numbers: red, green, blue");
        }
        return colours;
    }

    Integer edge(String field, JsonNode node) throws InvalidModelException {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.canConvertToExactIntegral() || node.asInt() < 1 || node.asInt() > LARGEST_EDGE) {
            throw invalid(field + " is " + node + "; allowed are 1 to " + LARGEST_EDGE + " pixels");
        }
        return node.asInt();
    }

    /** Returns the edge of a square {@code {"height": N, "width": N}}; null if the node has neither field. */
    Integer square(String field, JsonNode node) throws InvalidModelException {
        Integer height = edge(field + ".height", node.path("height"));
        Integer width = edge(field + ".width", node.path("width"));
        if (height != null && !height.equals(width)) {
            throw invalid(field + " is " + node + "; only squares can be imported: set --crop and --resize");
        }
        return height;
    }

    /** Returns {@code crop_pct}, the edge of the crop as a share of the resized image's short edge. */
    double cropShare(double defaultShare) throws InvalidModelException {
        double share = object.path("crop_pct").asDouble(defaultShare);
        if (!(share > 0 && share <= 1)) {
            throw invalid("crop_pct is " + share + "; must be above 0 and at most 1");
        }
        return share;
    }
}
