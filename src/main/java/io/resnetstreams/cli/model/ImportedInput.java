package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.convert.CheckpointConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The preprocessing of an imported network: from the command line, the files next to the checkpoint, or the defaults for
 * ImageNet, in this order.
 *
 * @param size width and height of the network's input, in pixels
 * @param resize the short edge before the crop, in pixels; 0 for no resize
 * @param mean for pixels between 0 and 1
 * @param notes messages about derived values
 */
record ImportedInput(int size, int resize, List<Double> mean, List<Double> std, List<String> notes) {
    /** ImageNet's values, which torchvision and most other libraries use. */
    static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);

    static final List<Double> STD = List.of(0.229, 0.224, 0.225);

    static final int IMAGENET_SIZE = 224;
    private static final int IMAGENET_RESIZE = 256;
    private static final double LARGEST_PIXEL = 255;

    /** The values from the command line; null for options that were not given. */
    record Given(Boolean imageNet, Integer resize, Integer crop, List<Double> mean, List<Double> std) {}

    /**
     * Determines the preprocessing.
     *
     * @param defaultSize the architecture's default size
     * @throws UserErrorException if a size is out of range, the crop is larger than the resize, or mean and standard deviation have different scales
     */
    static ImportedInput of(Given given, CheckpointConfig config, int defaultSize) {
        List<String> notes = new ArrayList<>();
        OptionRange.require("--crop", given.crop(), 1, 4_096);
        OptionRange.require("--resize", given.resize(), 0, 8_192);
        boolean fromConfig = given.imageNet() == null && config.size() != null;
        boolean imageNet = given.imageNet() == null ? defaultSize == IMAGENET_SIZE : given.imageNet();
        int size = given.crop() != null
                ? given.crop()
                : fromConfig ? config.size() : imageNet ? IMAGENET_SIZE : defaultSize;
        int resize = given.resize() != null
                ? given.resize()
                : fromConfig && config.resize() != null ? config.resize() : imageNet ? IMAGENET_RESIZE : 0;
        if (resize != 0 && resize < size) {
            if (given.resize() != null) {
                throw UserErrorException.usage("--resize is " + resize + " and the crop is " + size
                        + "; the crop can't be larger, since images would be padded with black. To scale images directly"
                        + " to the network's size, use --resize 0");
            }
            int derived = (int) Math.round((double) size * IMAGENET_RESIZE / IMAGENET_SIZE);
            notes.add("the short edge is resized to " + derived + ", since the crop of " + size + " is larger than "
                    + resize + "; the ratio is 256 to 224 (to change it, use --resize)");
            resize = derived;
        }
        List<Double> mean = given.mean() != null ? given.mean() : config.mean() != null ? config.mean() : MEAN;
        List<Double> std = given.std() != null ? given.std() : config.std() != null ? config.std() : STD;
        boolean bothGiven = given.mean() != null && given.std() != null || given.mean() == null && given.std() == null;
        boolean meanInLevels = isInLevels(mean);
        boolean stdInLevels = isInLevels(std);
        // Caffe networks subtract the mean from pixels between 0 and 255, and have a standard deviation of 1.
        boolean undivided = bothGiven && meanInLevels && std.stream().allMatch(value -> value == 1);
        if (bothGiven && meanInLevels && !stdInLevels && !undivided
                || bothGiven && stdInLevels && !meanInLevels && mean.stream().anyMatch(value -> value != 0)) {
            throw UserErrorException.usage("mean is " + mean + " and std is " + std
                    + "; both must be for pixels between 0 and 1, or both for pixels between 0 and 255");
        }
        if (meanInLevels) {
            mean = divided("mean", mean, notes);
        }
        if (stdInLevels || undivided) {
            std = divided("std", std, notes);
        }
        return new ImportedInput(size, resize, mean, std, notes);
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
