package io.resnetstreams.model.data;

import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.data.LabelledFolders.Decoded;
import io.resnetstreams.model.network.Normalisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The images that a network is trained with: an IDX data set, or folders of images.
 *
 * @param labels the names of the folders; numbers for IDX
 * @param resizeShortEdge pixels to which the images' short edge was resized; 0 if they were not resized
 */
public record TrainingData(LabelledImages train, LabelledImages heldOut, List<String> labels, int resizeShortEdge) {
    /**
     * Reads all images into memory.
     *
     * @param side edge in pixels to which images from folders are resized and cropped
     * @param skipBroken whether image files that can't be decoded are skipped; otherwise the data is refused
     * @param notices receives messages for the user about files and folders that are used or ignored
     * @throws UserErrorException if the data can't be used (exit code 2)
     */
    public static TrainingData read(
            Path data,
            int side,
            double heldOutShare,
            long seed,
            ImageLimits limits,
            boolean skipBroken,
            Consumer<String> notices) {
        if (!Files.isDirectory(data)) {
            throw UserErrorException.usage("--data " + data + ": there is no such directory");
        }
        try {
            if (LabelledImages.isIdx(data)) {
                LabelledImages train = LabelledImages.readIdx(data, LabelledImages.TRAIN);
                LabelledImages heldOut = LabelledImages.readIdx(data, LabelledImages.TEST);
                int classes = 1 + Arrays.stream(train.classes()).max().orElse(0);
                if (heldOut.width() != train.width()
                        || heldOut.height() != train.height()
                        || Arrays.stream(heldOut.classes()).anyMatch(label -> label >= classes)) {
                    throw UserErrorException.usage("--data " + data
                            + ": the test split has an image size or classes that the training split does not have");
                }
                List<String> numbers =
                        IntStream.range(0, classes).mapToObj(Integer::toString).toList();
                return new TrainingData(train, heldOut, numbers, 0);
            }
            LabelledFolders folders = LabelledFolders.list(data, heldOutShare, seed);
            folders.notices().forEach(notices);
            ImagePreprocessor preprocessor = new ImagePreprocessor(limits, new Preprocessing(side, side, side));
            Decoded train = LabelledFolders.decode(folders.train(), preprocessor, side);
            Decoded heldOut = LabelledFolders.decode(folders.heldOut(), preprocessor, side);
            List<String> broken = Stream.of(train, heldOut)
                    .flatMap(part -> part.broken().stream())
                    .toList();
            if (!broken.isEmpty()) {
                String which = broken.size() + " image files of " + data + " can't be decoded:\n  "
                        + String.join("\n  ", broken);
                if (!skipBroken) {
                    throw UserErrorException.usage(which + EvaluationSet.BROKEN_ADVICE);
                }
                notices.accept("skipped: " + which);
                LabelledFolders.requireClasses(
                        data,
                        folders.labels(),
                        train.images().classes(),
                        heldOut.images().classes());
            }
            return new TrainingData(train.images(), heldOut.images(), folders.labels(), side);
        } catch (IOException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Returns the data with other images to train with. */
    public TrainingData withTrain(LabelledImages others) {
        return new TrainingData(others, heldOut, labels, resizeShortEdge);
    }

    /** Returns the data with other labels, which must be as many. */
    public TrainingData withLabels(List<String> others) {
        if (others.size() != labels.size()) {
            throw UserErrorException.usage(
                    "the synset has " + others.size() + " labels; the data has " + labels.size() + " classes");
        }
        return new TrainingData(train, heldOut, others, resizeShortEdge);
    }

    /** Returns the mean and standard deviation over all pixels and channels of the training images. */
    public Normalisation normalisation() {
        double sum = 0;
        double squares = 0;
        long count = 0;
        for (byte[] pixels : train.pixels()) {
            for (byte value : pixels) {
                double level = (value & 0xFF) / 255.0;
                sum += level;
                squares += level * level;
            }
            count += pixels.length;
        }
        double mean = sum / count;
        double deviation = Math.sqrt(Math.max(1e-8, squares / count - mean * mean));
        return new Normalisation(
                Collections.nCopies(3, Rounding.to(4, mean)), Collections.nCopies(3, Rounding.to(4, deviation)));
    }
}
