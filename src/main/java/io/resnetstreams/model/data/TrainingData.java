package io.resnetstreams.model.data;

import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.data.LabelledFolders.Decoded;
import io.resnetstreams.model.data.LabelledImages.Split;
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
 * What a network learns from: an IDX data set, or folders of images.
 *
 * @param labels of the folders; numbers for IDX
 * @param resizeShortEdge how the images came to their size; 0 for not at all
 */
public record TrainingData(LabelledImages train, LabelledImages heldOut, List<String> labels, int resizeShortEdge) {
    /**
     * Reads it all into memory; a mistake is one line and exit code 2.
     *
     * @param side edge that images from folders are brought to
     * @param limits of each image file
     * @param skipBroken whether image files that can't be decoded are left out, rather than refused all together
     * @param notices told which files and folders are used and which are not
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
                LabelledImages train = LabelledImages.readIdx(data, Split.TRAIN);
                LabelledImages heldOut = LabelledImages.readIdx(data, Split.TEST);
                int classes = 1 + Arrays.stream(train.classes()).max().orElse(0);
                if (heldOut.width() != train.width()
                        || heldOut.height() != train.height()
                        || Arrays.stream(heldOut.classes()).anyMatch(label -> label >= classes)) {
                    throw UserErrorException.usage("--data " + data
                            + ": the test split has images or classes that the training split has not");
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
                    throw UserErrorException.usage(
                            which + "\nMend or remove them, or go on without them: --skip-broken");
                }
                notices.accept("skipped: " + which);
                LabelledFolders.requireClasses(data, folders.labels(), train.images(), heldOut.images());
            }
            return new TrainingData(train.images(), heldOut.images(), folders.labels(), side);
        } catch (IOException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Returns the same with other labels, as many. */
    public TrainingData withLabels(List<String> others) {
        if (others.size() != labels.size()) {
            throw UserErrorException.usage(
                    "the synset has " + others.size() + " labels; the data has " + labels.size() + " classes");
        }
        return new TrainingData(train, heldOut, others, resizeShortEdge);
    }

    /** Returns mean and standard deviation over all pixels and channels. */
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
