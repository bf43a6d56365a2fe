package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.convert.CheckpointConfig;
import io.resnetstreams.model.onnx.OnnxWrapping;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * The options for the preprocessing of an imported network. Values that are not given are those of the files next to the
 * checkpoint, or else ImageNet's.
 */
final class ImportedInput {
    static final int IMAGENET_SIZE = 224;

    /** ImageNet's values, which torchvision and most other libraries use. */
    private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);

    private static final List<Double> STD = List.of(0.229, 0.224, 0.225);
    private static final int IMAGENET_RESIZE = 256;
    private static final double LARGEST_PIXEL = 255;

    enum Preset {
        imagenet,
        none
    }

    @Option(
            names = "--preprocessing",
            paramLabel = "PRESET",
            description = "imagenet: resize the short edge to 256, then crop the central 224×224. none: scale to the"
                    + " network's size (default: from config.json, or else imagenet for an input of 224×224 and none for"
                    + " 32×32).")
    private Preset preset;

    @Option(
            names = "--resize",
            paramLabel = "N",
            description = "Short edge after resizing, in pixels; 0 scales the image to the network's size.")
    private Integer resize;

    @Option(
            names = {"--crop", "--input-size"},
            paramLabel = "N",
            description = "Edge of the central crop, which is the network's input, in pixels.")
    private Integer crop;

    @Option(
            names = "--mean",
            paramLabel = "R,G,B",
            split = ",",
            description =
                    "Mean of pixels between 0 and 1 or between 0 and 255 (default: 0.485,0.456,0.406, for ImageNet).")
    private List<Double> mean;

    @Option(
            names = "--std",
            paramLabel = "R,G,B",
            split = ",",
            description = "Standard deviation (default: 0.229,0.224,0.225, for ImageNet).")
    private List<Double> std;

    /** Sizes in pixels, with a resize of 0 for none; mean and standard deviation for pixels between 0 and 1. */
    record Values(int width, int height, int resize, List<Double> mean, List<Double> std) {}

    /** Determines and checks the preprocessing for an architecture's default size; adds notes about derived values. */
    Values values(CheckpointConfig config, int defaultSize, List<String> notes) {
        OptionRange.require("--crop", crop, 1, 4_096);
        OptionRange.require("--resize", resize, 0, 8_192);
        boolean fromConfig = preset == null && config.size() != null;
        boolean imageNet = preset == null ? defaultSize == IMAGENET_SIZE : preset == Preset.imagenet;
        int size = crop != null ? crop : fromConfig ? config.size() : imageNet ? IMAGENET_SIZE : defaultSize;
        int edge = resize != null
                ? resize
                : fromConfig && config.resize() != null ? config.resize() : imageNet ? IMAGENET_RESIZE : 0;
        if (edge != 0 && edge < size) {
            if (resize != null) {
                throw UserErrorException.usage("--resize is " + edge + " and the crop is " + size
                        + "; the crop can't be larger, since images would be padded with black. To scale images directly"
                        + " to the network's size, use --resize 0");
            }
            int derived = (int) Math.round((double) size * IMAGENET_RESIZE / IMAGENET_SIZE);
            notes.add("the short edge is resized to " + derived + ", since the crop of " + size + " is larger than "
                    + edge + "; the ratio is 256 to 224 (to change it, use --resize)");
            edge = derived;
        }
        Values values = normalised(size, edge, config, notes);
        if (config.size() != null || config.mean() != null) {
            notes.add("preprocessing, with the values next to the checkpoint: short edge " + edge + ", crop " + size
                    + ", mean " + values.mean() + ", std " + values.std());
        }
        return values;
    }

    /**
     * Determines and checks the preprocessing for a network in ONNX, which may say the size of its input.
     *
     * @param file for messages
     */
    Values values(Path file, CheckpointConfig config, OnnxWrapping.Images images, List<String> notes) {
        if (mean == null && config.mean() == null && preset != Preset.imagenet) {
            throw UserErrorException.usage(
                    "--mean and --std are needed, or --preprocessing imagenet for those of ImageNet,"
                            + " since neither " + file
                            + " nor a preprocessor_config.json next to it says how pixels are normalised");
        }
        boolean isFixed = images.width() > 0 && images.height() > 0;
        boolean isSquare = isFixed && images.width() == images.height();
        if (!isFixed && crop == null && config.size() == null && preset != Preset.imagenet) {
            throw UserErrorException.usage(
                    "--input-size N is needed, since " + file + " does not say its input's size");
        }
        if (crop != null && isFixed && (!isSquare || crop != images.width())) {
            throw UserErrorException.usage("--input-size is " + crop + ", but the input of " + file + " is "
                    + images.width() + "×" + images.height());
        }
        if (isFixed && !isSquare) {
            Values values = values(config, Math.min(images.width(), images.height()), notes);
            return new Values(
                    images.width(), images.height(), resize == null ? 0 : resize, values.mean(), values.std());
        }
        if (isSquare) {
            crop = images.width();
        }
        return values(config, crop == null ? IMAGENET_SIZE : crop, notes);
    }

    private Values normalised(int size, int edge, CheckpointConfig config, List<String> notes) {
        List<Double> means = mean != null ? mean : config.mean() != null ? config.mean() : MEAN;
        List<Double> deviations = std != null ? std : config.std() != null ? config.std() : STD;
        boolean bothFromOneSource = (mean == null) == (std == null);
        boolean meanInLevels = isInLevels(means);
        boolean stdInLevels = isInLevels(deviations);
        // Caffe networks subtract the mean from pixels between 0 and 255, and have a standard deviation of 1.
        boolean undivided =
                bothFromOneSource && meanInLevels && deviations.stream().allMatch(value -> value == 1);
        if (bothFromOneSource && meanInLevels && !stdInLevels && !undivided
                || bothFromOneSource
                        && stdInLevels
                        && !meanInLevels
                        && means.stream().anyMatch(value -> value != 0)) {
            throw UserErrorException.usage("mean is " + means + " and std is " + deviations
                    + "; both must be for pixels between 0 and 1, or both for pixels between 0 and 255");
        }
        return new Values(
                size,
                size,
                edge,
                meanInLevels ? divided("mean", means, notes) : means,
                stdInLevels || undivided ? divided("std", deviations, notes) : deviations);
    }

    private static boolean isInLevels(List<Double> values) {
        return values.stream().anyMatch(value -> value > 1);
    }

    private static List<Double> divided(String name, List<Double> levels, List<String> notes) {
        List<Double> shares = levels.stream()
                .map(value -> Math.round(value / LARGEST_PIXEL * 1e9) / 1e9)
                .toList();
        notes.add(name + " " + levels + " is for pixels between 0 and 255; divided by 255: " + shares);
        return shares;
    }
}
