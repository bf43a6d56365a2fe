package io.resnetstreams.model.convert;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ResNetArchitecture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads the {@code config.json} of a ResNet and the {@code preprocessor_config.json} of Hugging Face's transformers
 * ({@code ResNetConfig}, and the image processors that its ResNets come with: ConvNext's, ViT's and those that crop).
 */
final class TransformersConfig {
    /** What ConvNext's image processor crops where no crop_pct is said; above 384 it doesn't crop. */
    private static final double CROP_SHARE = 224 / 256.0;

    private static final int LEAST_UNCROPPED = 384;
    private static final double LARGEST_PIXEL = 255;
    /** Pillow's numbers. */
    private static final int BILINEAR = 2;

    private static final int BICUBIC = 3;

    private final Path file;
    private final JsonNode config;
    private final List<String> notes;

    /** @param config null for none */
    TransformersConfig(Path file, JsonNode config, List<String> notes) {
        this.file = file;
        this.config = config;
        this.notes = notes;
    }

    CheckpointConfig read(JsonNode preprocessor, Path preprocessorFile, boolean architectureNamed, boolean labelsGiven)
            throws InvalidModelException {
        String architecture = null;
        try {
            architecture = config == null ? null : architecture();
        } catch (InvalidModelException e) {
            if (!architectureNamed) {
                throw e;
            }
        }
        List<String> labels = config == null || labelsGiven ? null : labels();
        if (preprocessor == null) {
            return new CheckpointConfig(architecture, labels, null, null, null, null, notes);
        }
        Integer[] sizes = sizes(preprocessorFile, preprocessor);
        List<Double> mean = CheckpointConfig.colours(preprocessorFile, preprocessor, "image_mean");
        List<Double> std = CheckpointConfig.colours(preprocessorFile, preprocessor, "image_std");
        if (!preprocessor.path("do_normalize").asBoolean(true)) {
            mean = List.of(0.0, 0.0, 0.0);
            std = List.of(1.0, 1.0, 1.0);
        }
        // What pixels of 0 to 255 are brought to before mean and deviation count; here that is 0 to 1.
        double range = preprocessor.path("do_rescale").asBoolean(true)
                ? LARGEST_PIXEL * preprocessor.path("rescale_factor").asDouble(1 / LARGEST_PIXEL)
                : LARGEST_PIXEL;
        if (Math.abs(range - 1) > 1e-3) {
            if (mean == null || std == null || !(range > 0)) {
                throw new InvalidModelException(
                        preprocessorFile + ": do_rescale or rescale_factor brings pixels to 0 to " + range
                                + ", for which image_mean and image_std are needed");
            }
            mean = mean.stream().map(value -> value / range).toList();
            std = std.stream().map(value -> value / range).toList();
        }
        if (preprocessor.path("do_flip_channel_order").asBoolean(false)) {
            throw new InvalidModelException(
                    preprocessorFile + ": do_flip_channel_order is true; networks get red, green,"
                            + " blue here: reverse the inputs of the first convolution and say false");
        }
        int resample = preprocessor.path("resample").asInt(BILINEAR);
        if (resample != BILINEAR) {
            notes.add("resample is " + (resample == BICUBIC ? "bicubic" : resample)
                    + "; images are resized bilinearly here, which moves probabilities a little");
        }
        return new CheckpointConfig(architecture, labels, sizes[0], sizes[1], mean, std, notes);
    }

    private String architecture() throws InvalidModelException {
        require("num_channels", 3);
        require("embedding_size", 64);
        require("hidden_act", "relu");
        require("downsample_in_first_stage", false);
        // Others have a sigmoid for each class, or no classes.
        require("problem_type", "single_label_classification");
        String layer = config.path("layer_type").asText("bottleneck");
        ResNetArchitecture.Block block =
                layer.equals("basic") ? ResNetArchitecture.Block.BASIC : ResNetArchitecture.Block.BOTTLENECK;
        // Those of ResNet-50, where they are not said.
        List<Integer> depths = numbers("depths", List.of(3, 4, 6, 3));
        List<Integer> sizes = numbers("hidden_sizes", List.of(256, 512, 1_024, 2_048));
        List<Integer> built = IntStream.range(0, depths.size())
                .mapToObj(stage -> (64 << stage) * block.expansion())
                .toList();
        String name = ResNetArchitecture.all().stream()
                .filter(known -> known.stem() == ResNetArchitecture.Stem.LARGE
                        && known.block() == block
                        && known.groups() == 1
                        && known.widthPerGroup() == 64
                        && known.stages().equals(depths)
                        && sizes.equals(built))
                .map(ResNetArchitecture::name)
                .findFirst()
                .orElseThrow(() -> unknown("layer_type " + layer + " with depths " + depths + " and hidden_sizes "
                        + sizes + " is no network that"));
        // A basic layer has no place for it, and transformers passes over it there.
        return name
                + (block == ResNetArchitecture.Block.BOTTLENECK
                                && config.path("downsample_in_bottleneck").asBoolean(false)
                        ? "_v1"
                        : "");
    }

    private void require(String field, Object value) throws InvalidModelException {
        String found = config.path(field).asText(value.toString());
        if (!found.equals(value.toString())) {
            throw unknown(field + " is " + found + ", where only " + value);
        }
    }

    private InvalidModelException unknown(String what) {
        return new InvalidModelException(
                file + ": " + what + " can be built; 'model list --architectures' says what can");
    }

    private List<Integer> numbers(String field, List<Integer> otherwise) {
        if (!config.path(field).isArray()) {
            return otherwise;
        }
        List<Integer> numbers = new ArrayList<>();
        config.get(field).forEach(number -> numbers.add(number.asInt()));
        return numbers;
    }

    private List<String> labels() throws InvalidModelException {
        JsonNode names = config.path("id2label");
        if (!names.isObject() || names.isEmpty()) {
            return null;
        }
        List<String> labels = new ArrayList<>();
        for (int index = 0; index < names.size(); index++) {
            labels.add(CheckpointConfig.label(file, "id2label", index, names.get(Integer.toString(index))));
        }
        if (labels.stream().allMatch(label -> label.matches("LABEL_\\d+"))) {
            notes.add("id2label has no names but LABEL_0 and so on; --synset FILE gives others");
        }
        return labels;
    }

    /** Returns the network's size and the short edge before the crop; null for what is not said. */
    private Integer[] sizes(Path file, JsonNode preprocessor) throws InvalidModelException {
        JsonNode size = preprocessor.path("size");
        JsonNode cropSize = preprocessor.path("crop_size");
        Integer edge = CheckpointConfig.edge(file, "size", size.isObject() ? size.path("shortest_edge") : size);
        Integer square = CheckpointConfig.square(file, "size", size);
        boolean resizes = preprocessor.path("do_resize").asBoolean(true);
        if (!resizes) {
            return new Integer[] {null, null};
        }
        if (preprocessor.path("do_center_crop").asBoolean(false) && !cropSize.isMissingNode()) {
            Integer crop = cropSize.isObject()
                    ? CheckpointConfig.square(file, "crop_size", cropSize)
                    : CheckpointConfig.edge(file, "crop_size", cropSize);
            Integer before = edge != null ? edge : square;
            if (crop != null && before != null && crop > before) {
                throw new InvalidModelException(file + ": crop_size is " + crop + " and size " + before
                        + "; images would be padded with black: give --resize and --crop");
            }
            if (square != null) {
                notes.add("size is a square; images are resized by their short edge, to " + square
                        + ", and keep their proportions here");
            }
            return new Integer[] {crop, before == null ? Integer.valueOf(0) : before};
        }
        String type = preprocessor.path("image_processor_type").asText()
                + preprocessor.path("feature_extractor_type").asText();
        if (edge != null && (preprocessor.has("crop_pct") || type.contains("ConvNext"))) {
            double share = preprocessor.path("crop_pct").asDouble(CROP_SHARE);
            if (!(share > 0 && share <= 1)) {
                throw new InvalidModelException(file + ": crop_pct is " + share + "; allowed are above 0 to 1");
            }
            return new Integer[] {edge, edge < LEAST_UNCROPPED ? (int) (edge / share) : 0};
        }
        Integer straight = square != null ? square : edge;
        return new Integer[] {straight, straight == null ? null : 0};
    }
}
