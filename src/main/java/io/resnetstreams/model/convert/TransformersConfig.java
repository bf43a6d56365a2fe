package io.resnetstreams.model.convert;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetArchitecture.Block;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads {@code config.json} ({@code ResNetConfig}) and {@code preprocessor_config.json} of Hugging Face's transformers,
 * of which either may be absent. The image processors are ConvNext's, ViT's, and those that crop.
 */
record TransformersConfig(ConfigFields config, ConfigFields preprocessor, List<String> notes) {
    /** The default crop_pct of ConvNext's image processor; from 384 pixels on it doesn't crop. */
    private static final double CROP_SHARE = 224 / 256.0;

    private static final int LEAST_UNCROPPED = 384;
    private static final double LARGEST_PIXEL = 255;
    private static final int BILINEAR = 2; // resampling filters, by Pillow's numbers
    private static final int BICUBIC = 3;

    CheckpointConfig read(boolean architectureNamed, boolean labelsGiven) throws InvalidModelException {
        String architecture = null;
        try {
            architecture = config.isAbsent() ? null : architecture();
        } catch (InvalidModelException e) {
            if (!architectureNamed) {
                throw e;
            }
        }
        List<String> labels = labelsGiven ? null : labels();
        Integer[] sizes = sizes();
        List<Double> mean = preprocessor.colours("image_mean");
        List<Double> std = preprocessor.colours("image_std");
        if (!preprocessor.path("do_normalize").asBoolean(true)) {
            mean = List.of(0.0, 0.0, 0.0);
            std = List.of(1.0, 1.0, 1.0);
        }
        // The value that 255 is rescaled to before normalisation. Models here normalise pixels of 0 to 1.
        double range = preprocessor.path("do_rescale").asBoolean(true)
                ? LARGEST_PIXEL * preprocessor.path("rescale_factor").asDouble(1 / LARGEST_PIXEL)
                : LARGEST_PIXEL;
        if (Math.abs(range - 1) > 1e-3) {
            if (mean == null || std == null || !(range > 0)) {
                throw preprocessor.invalid("do_rescale or rescale_factor rescales pixels to 0 to " + range
                        + ", for which image_mean and image_std are required");
            }
            mean = mean.stream().map(value -> value / range).toList();
            std = std.stream().map(value -> value / range).toList();
        }
        if (preprocessor.path("do_flip_channel_order").asBoolean(false)) {
            throw preprocessor.invalid("do_flip_channel_order is true, but networks get red, green, blue here:"
                    + " reverse the inputs of the first convolution and set it to false");
        }
        int resample = preprocessor.path("resample").asInt(BILINEAR);
        if (resample != BILINEAR) {
            notes.add("resample is " + (resample == BICUBIC ? "bicubic" : resample) + CheckpointConfig.BILINEAR_NOTE);
        }
        return new CheckpointConfig(architecture, labels, sizes[0], sizes[1], mean, std, notes);
    }

    private String architecture() throws InvalidModelException {
        require("num_channels", 3);
        require("embedding_size", 64);
        require("hidden_act", "relu");
        require("downsample_in_first_stage", false);
        // The other types have a sigmoid per class, or no classes.
        require("problem_type", "single_label_classification");
        String layer = config.path("layer_type").asText("bottleneck");
        Block block = layer.equals("basic") ? Block.BASIC : Block.BOTTLENECK;
        // The defaults are those of ResNet-50.
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
                        + sizes + " is not a network that"));
        // transformers ignores the option for basic layers, which have no 1×1 convolution for the stride.
        boolean strideFirst = block == Block.BOTTLENECK
                && config.path("downsample_in_bottleneck").asBoolean(false);
        return strideFirst ? name + "_v1" : name;
    }

    private void require(String field, Object value) throws InvalidModelException {
        String found = config.path(field).asText(value.toString());
        if (!found.equals(value.toString())) {
            throw unknown(field + " is " + found + "; only " + value);
        }
    }

    private InvalidModelException unknown(String what) {
        return config.invalid(what + " can be built; 'model list --architectures' lists what can be built");
    }

    private List<Integer> numbers(String field, List<Integer> defaults) {
        JsonNode numbers = config.path(field);
        return numbers.isArray() ? numbers.valueStream().map(JsonNode::asInt).toList() : defaults;
    }

    private List<String> labels() throws InvalidModelException {
        List<String> labels = config.labels("id2label");
        if (labels != null && labels.stream().allMatch(label -> label.matches("LABEL_\\d+"))) {
            notes.add("id2label has only placeholders, LABEL_0 and so on; --synset FILE sets other labels");
        }
        return labels;
    }

    /** Returns the network's input size and the short edge before the crop; null for those that are not configured. */
    private Integer[] sizes() throws InvalidModelException {
        JsonNode size = preprocessor.path("size");
        JsonNode cropSize = preprocessor.path("crop_size");
        Integer edge = preprocessor.edge("size", size.isObject() ? size.path("shortest_edge") : size);
        Integer square = preprocessor.square("size", size);
        if (!preprocessor.path("do_resize").asBoolean(true)) {
            return new Integer[] {null, null};
        }
        if (preprocessor.path("do_center_crop").asBoolean(false) && !cropSize.isMissingNode()) {
            Integer crop = cropSize.isObject()
                    ? preprocessor.square("crop_size", cropSize)
                    : preprocessor.edge("crop_size", cropSize);
            Integer before = edge != null ? edge : square;
            if (crop != null && before != null && crop > before) {
                throw preprocessor.invalid("crop_size is " + crop + " and size " + before
                        + "; images would be padded with black: set --resize and --crop");
            }
            if (square != null) {
                notes.add("size is a square; images are resized by their short edge, to " + square
                        + ", and keep their aspect ratio here");
            }
            return new Integer[] {crop, before == null ? Integer.valueOf(0) : before};
        }
        String type = preprocessor.path("image_processor_type").asText()
                + preprocessor.path("feature_extractor_type").asText();
        if (edge != null && (preprocessor.object().has("crop_pct") || type.contains("ConvNext"))) {
            double share = preprocessor.cropShare(CROP_SHARE);
            return new Integer[] {edge, edge < LEAST_UNCROPPED ? (int) (edge / share) : 0};
        }
        Integer uncropped = square != null ? square : edge;
        return new Integer[] {uncropped, uncropped == null ? null : 0};
    }
}
