package io.resnetstreams.model.convert;

import io.resnetstreams.common.InvalidModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The configuration beside a checkpoint: {@code config.json} and {@code preprocessor_config.json} of Hugging Face's
 * transformers, or timm's {@code config.json}. A value that is not configured is null.
 *
 * @param size edge of the network's input in pixels
 * @param resize pixels of the short edge before the crop; 0 for no resizing before it
 * @param notes messages for the user about settings that differ from the configuration
 */
public record CheckpointConfig(
        String architecture,
        List<String> labels,
        Integer size,
        Integer resize,
        List<Double> mean,
        List<Double> std,
        List<String> notes) {
    /** How to note that the configuration resizes images in another way. */
    static final String BILINEAR_NOTE = "; images are resized bilinearly here, which changes probabilities slightly";

    /**
     * @param architectureNamed whether the user names the architecture; an unsupported one here is no error then
     * @param labelsGiven whether the user gives labels; those here are not read then
     * @throws InvalidModelException if a file is not JSON, or describes an unsupported network
     */
    public static CheckpointConfig beside(Path checkpoint, boolean architectureNamed, boolean labelsGiven)
            throws InvalidModelException {
        ConfigFields config = ConfigFields.read(checkpoint.resolveSibling("config.json"));
        String type = config.path("model_type").asText();
        boolean isTransformers = type.equals("resnet");
        if (!isTransformers && config.path("architecture").isTextual()) {
            return new TimmConfig(config).read(architectureNamed, labelsGiven);
        }
        List<String> notes = new ArrayList<>();
        if (!isTransformers && !config.isAbsent()) {
            if (!type.isEmpty() && !architectureNamed) {
                throw config.invalid("model_type is '" + type + "'; only 'resnet' can be imported."
                        + " If the file belongs to another checkpoint, name the network with --architecture");
            }
            notes.add("config.json is ignored: it is neither that of a ResNet of transformers nor timm's");
        }
        return new TransformersConfig(
                        isTransformers ? config : ConfigFields.absent(config.file()), preprocessor(checkpoint), notes)
                .read(architectureNamed, labelsGiven);
    }

    private static ConfigFields preprocessor(Path checkpoint) throws InvalidModelException {
        return ConfigFields.read(checkpoint.resolveSibling("preprocessor_config.json"));
    }

    /**
     * Reads the configuration of a network of any kind, which the file itself defines, as in ONNX.
     *
     * @param labelsGiven whether the user gives labels; those here are not read then
     * @throws InvalidModelException if a file is not JSON, or an image may have several labels
     */
    public static CheckpointConfig besideNetwork(Path file, boolean labelsGiven) throws InvalidModelException {
        ConfigFields config = ConfigFields.read(file.resolveSibling("config.json"));
        if (config.path("model_type").isMissingNode()
                && config.path("architecture").isTextual()) {
            return new TimmConfig(config).read(true, labelsGiven);
        }
        String problem = config.path("problem_type").asText();
        if (!problem.isEmpty() && !problem.equals("null") && !problem.equals("single_label_classification")) {
            throw config.invalid("problem_type is '" + problem + "'; a classifier here gives an image one label,"
                    + " single_label_classification");
        }
        return new TransformersConfig(config, preprocessor(file), new ArrayList<>()).read(true, labelsGiven);
    }
}
