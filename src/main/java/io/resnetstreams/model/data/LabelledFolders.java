package io.resnetstreams.model.data;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Images in one folder per class, as in torchvision's ImageFolder: the labels are the folders' names, sorted; links are
 * followed. If the folder has splits ({@link SplitFolders}), these contain the class folders; otherwise a share of each
 * class is held out.
 *
 * @param train the images to train with
 * @param heldOut the images to measure accuracy on
 * @param notices messages for the user, one line each: the splits, and the files and folders that are ignored
 */
record LabelledFolders(
        List<String> labels, List<LabelledFile> train, List<LabelledFile> heldOut, List<String> notices) {
    /**
     * Decoded images, and the files that could not be decoded.
     *
     * @param broken one line per file, with the reason
     */
    record Decoded(LabelledImages images, List<String> broken) {}

    /**
     * Lists the files.
     *
     * @param share share of each class that is held out if the folder has no splits; the seed selects the images
     * @throws IOException if there are fewer than two classes or no image to hold out, or the splits are ambiguous; the
     *     message says what was found
     */
    static LabelledFolders list(Path folder, double share, long seed) throws IOException {
        SplitFolders splits = SplitFolders.of(folder);
        List<String> notices = new ArrayList<>(splits.notices());
        ImageFiles files = new ImageFiles();
        List<String> labels = SplitFolders.classes(splits.train());
        List<LabelledFile> train = files.inClassFolders(splits.train(), labels);
        List<LabelledFile> heldOut = new ArrayList<>();
        if (splits.heldOut() == null) {
            heldOut = holdOut(train, labels.size(), share, seed);
        } else {
            List<String> others = SplitFolders.classes(splits.heldOut());
            if (!labels.containsAll(others)) {
                throw new IOException(
                        splits.heldOut() + " has the classes " + others + "; " + splits.train() + " has " + labels);
            }
            heldOut.addAll(files.inClassFolders(splits.heldOut(), labels));
        }
        files.notice().ifPresent(notices::add);
        requireClasses(folder, labels, classes(train), classes(heldOut));
        return new LabelledFolders(labels, train, heldOut, notices);
    }

    private static int[] classes(List<LabelledFile> items) {
        return items.stream().mapToInt(LabelledFile::classIndex).toArray();
    }

    /** Removes a share of each class from the list, and returns it. */
    private static List<LabelledFile> holdOut(List<LabelledFile> items, int classes, double share, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LabelledFile> heldOut = new ArrayList<>();
        List<LabelledFile> kept = new ArrayList<>();
        for (int index = 0; index < classes; index++) {
            int wanted = index;
            List<LabelledFile> ofClass = new ArrayList<>(
                    items.stream().filter(item -> item.classIndex() == wanted).toList());
            int held = (int) Math.round(ofClass.size() * share);
            for (int i = 0; i < held; i++) {
                heldOut.add(ofClass.remove(random.nextInt(ofClass.size())));
            }
            kept.addAll(ofClass);
        }
        items.clear();
        items.addAll(kept);
        return heldOut;
    }

    /**
     * Checks that a network can be trained.
     *
     * @param train the class of each image to train with
     * @param heldOut the class of each image that is held out
     * @throws IOException if there are fewer than two classes, no image is held out, or a class has none to train with
     */
    static void requireClasses(Path folder, List<String> labels, int[] train, int[] heldOut) throws IOException {
        if (labels.size() < 2 || train.length == 0 || heldOut.length == 0) {
            throw new IOException(folder + ": has " + labels.size() + " classes, " + train.length
                    + " images to train with and " + heldOut.length
                    + " held out; at least 2, 1 and 1 are required: one folder per class");
        }
        for (int index = 0; index < labels.size(); index++) {
            int wanted = index;
            if (Arrays.stream(train).noneMatch(label -> label == wanted)) {
                throw new IOException(folder + ": the class '" + labels.get(index)
                        + "' has no image to train with; the extensions of image files are "
                        + ImageFiles.endings());
            }
        }
    }

    /**
     * Decodes images.
     *
     * @param side edge in pixels of the preprocessor's output
     * @throws IOException if the images do not fit into memory; files that can't be decoded are listed in the result
     */
    static Decoded decode(List<LabelledFile> items, ImagePreprocessor preprocessor, int side) throws IOException {
        long needed = (long) items.size() * side * side * 3;
        if (needed > Runtime.getRuntime().maxMemory() * 3 / 4) {
            throw new IOException(items.size() + " images of " + side + "×" + side + " need "
                    + (needed >> 20) + " MiB of memory; Java has "
                    + (Runtime.getRuntime().maxMemory() >> 20)
                    + " (set JAVA_OPTS=-Xmx...)");
        }
        List<byte[]> pixels = new ArrayList<>(items.size());
        List<LabelledFile> whole = new ArrayList<>(items.size());
        List<String> broken = new ArrayList<>();
        for (LabelledFile item : items) {
            try {
                pixels.add(preprocessor.toPixels(Files.readAllBytes(item.path())));
                whole.add(item);
            } catch (RejectedEventException | IOException e) {
                broken.add(item.path() + ": " + e.getMessage());
            }
        }
        return new Decoded(new LabelledImages(side, side, pixels, classes(whole)), broken);
    }
}
