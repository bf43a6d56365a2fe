package io.resnetstreams.cli.model;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.convert.CheckpointConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * How an imported network's images are made: what the command line says, then what stands beside the checkpoint, then
 * ImageNet's. What was derived is said.
 *
 * @param size the edge of the network's images
 * @param resize the short edge before the crop; 0 for none
 * @param mean of pixels of 0 to 1
 * @param notes what was derived, for people
 */
record ImportedInput(int size, int resize, List<Double> mean, List<Double> std, List<String> notes) {
    /** Of ImageNet; torchvision's networks and most others were trained with them. */
    static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);

    static final List<Double> STD = List.of(0.229, 0.224, 0.225);

    static final int IMAGENET_SIZE = 224;
    private static final int IMAGENET_RESIZE = 256;
    private static final double LARGEST_PIXEL = 255;

    /** What the command line says; null for what it doesn't. */
    record Given(Boolean imageNet, Integer resize, Integer crop, List<Double> mean, List<Double> std) {}

    /**
     * Puts it together.
     *
     * @param defaultSize the architecture's
     * @throws UserErrorException if a size is out of range, the crop is larger than the resize, or mean and standard deviation are on two scales
     */
    static ImportedInput of(Given given, CheckpointConfig config, int defaultSize) {
        List<String> notes = new ArrayList<>();
        requireRange("--crop", given.crop(), 1, 4_096);
        requireRange("--resize", given.resize(), 0, 8_192);
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
                throw UserErrorException.usage("--resize is " + resize + " and the crop " + size
                        + "; the crop can't be larger, since images would be padded with black. --resize 0 is for"
                        + " straight to the network's size");
            }
            int derived = (int) Math.round((double) size * IMAGENET_RESIZE / IMAGENET_SIZE);
            notes.add("the short edge is resized to " + derived + ", since the crop of " + size + " is larger than "
                    + resize + "; in the proportion of 256 to 224 (--resize N)");
            resize = derived;
        }
        List<Double> mean = given.mean() != null ? given.mean() : config.mean() != null ? config.mean() : MEAN;
        List<Double> std = given.std() != null ? given.std() : config.std() != null ? config.std() : STD;
        boolean bothGiven = given.mean() != null && given.std() != null || given.mean() == null && given.std() == null;
        boolean meanInLevels = isInLevels(mean);
        boolean stdInLevels = isInLevels(std);
        // Caffe's networks get pixels of 0 to 255 without a mean, not divided by anything.
        boolean undivided = bothGiven && meanInLevels && std.stream().allMatch(value -> value == 1);
        if (bothGiven && meanInLevels && !stdInLevels && !undivided
                || bothGiven && stdInLevels && !meanInLevels && mean.stream().anyMatch(value -> value != 0)) {
            throw UserErrorException.usage("mean is " + mean + " and std is " + std
                    + "; both must be of pixels of 0 to 1, or both of pixels of 0 to 255");
        }
        if (meanInLevels) {
            mean = divided("mean", mean, notes);
        }
        if (stdInLevels || undivided) {
            std = divided("std", std, notes);
        }
        return new ImportedInput(size, resize, mean, std, notes);
    }

    private static void requireRange(String option, Integer pixels, int least, int most) {
        if (pixels != null && (pixels < least || pixels > most)) {
            throw UserErrorException.usage(
                    option + " is " + pixels + "; allowed are " + least + " to " + most + " pixels");
        }
    }

    private static boolean isInLevels(List<Double> values) {
        return values.stream().anyMatch(value -> value > 1);
    }

    private static List<Double> divided(String name, List<Double> levels, List<String> notes) {
        List<Double> shares = levels.stream()
                .map(value -> Math.round(value / LARGEST_PIXEL * 1e9) / 1e9)
                .toList();
        notes.add(name + " " + levels + " is taken for that of pixels of 0 to 255: divided by 255 it is " + shares);
        return shares;
    }
}
