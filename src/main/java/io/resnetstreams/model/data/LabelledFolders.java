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
 * Images in folders, one for each class, as torchvision's ImageFolder has them: the folders' names, sorted, are the labels;
 * links are followed. Where the top holds splits ({@link SplitFolders}), these hold the class folders; else a share of each
 * class is held out.
 *
 * @param train file and class index of each image to learn from
 * @param heldOut of each image to measure by
 * @param notices what a user should know of the choice, one line each: splits, files and folders that are passed over
 */
public record LabelledFolders(List<String> labels, List<Item> train, List<Item> heldOut, List<String> notices) {
    /** An image file and its class. */
    public record Item(Path file, int classIndex) {}

    /**
     * Images that were decoded, and files that could not be.
     *
     * @param broken each file with the reason, a line each
     */
    public record Decoded(LabelledImages images, List<String> broken) {}

    /**
     * Lists the files.
     *
     * @param share of each class that is held out, chosen by the seed, where the folder has no split of its own
     * @throws IOException if there are fewer than two classes or no image to hold out, or the splits are ambiguous; the
     *     message says what was found
     */
    public static LabelledFolders list(Path folder, double share, long seed) throws IOException {
        SplitFolders splits = SplitFolders.of(folder);
        List<String> notices = new ArrayList<>(splits.notices());
        ImageFiles files = new ImageFiles();
        List<String> labels = SplitFolders.classes(splits.train());
        List<Item> train = all(splits.train(), labels, files);
        List<Item> heldOut = new ArrayList<>();
        if (splits.heldOut() == null) {
            heldOut = holdOut(train, labels.size(), share, seed);
        } else {
            List<String> others = SplitFolders.classes(splits.heldOut());
            if (!labels.containsAll(others)) {
                throw new IOException(
                        splits.heldOut() + " has the classes " + others + "; " + splits.train() + " has " + labels);
            }
            heldOut.addAll(all(splits.heldOut(), labels, files));
        }
        files.notice().ifPresent(notices::add);
        requireClasses(folder, labels, classes(train), classes(heldOut));
        return new LabelledFolders(labels, train, heldOut, notices);
    }

    private static int[] classes(List<Item> items) {
        return items.stream().mapToInt(Item::classIndex).toArray();
    }

    private static List<Item> all(Path folder, List<String> labels, ImageFiles files) throws IOException {
        List<Item> items = new ArrayList<>();
        for (int index = 0; index < labels.size(); index++) {
            Path classFolder = folder.resolve(labels.get(index));
            if (Files.isDirectory(classFolder)) {
                for (Path file : files.addBelow(classFolder)) {
                    items.add(new Item(file, index));
                }
            }
        }
        return items;
    }

    /** Moves a share of each class out of the list, and returns it. */
    private static List<Item> holdOut(List<Item> items, int classes, double share, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Item> heldOut = new ArrayList<>();
        List<Item> kept = new ArrayList<>();
        for (int index = 0; index < classes; index++) {
            int wanted = index;
            List<Item> ofClass = new ArrayList<>(
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
     * Refuses images that no network can learn from.
     *
     * @throws IOException if there are fewer than two classes, no image is held out, or a class has none to train with
     */
    public static void requireClasses(Path folder, List<String> labels, LabelledImages train, LabelledImages heldOut)
            throws IOException {
        requireClasses(folder, labels, train.classes(), heldOut.classes());
    }

    private static void requireClasses(Path folder, List<String> labels, int[] train, int[] heldOut)
            throws IOException {
        if (labels.size() < 2 || train.length == 0 || heldOut.length == 0) {
            throw new IOException(folder + ": has " + labels.size() + " classes, " + train.length
                    + " images to train with and " + heldOut.length
                    + " held out; at least 2, 1 and 1 are needed: one folder a class");
        }
        for (int index = 0; index < labels.size(); index++) {
            int wanted = index;
            if (Arrays.stream(train).noneMatch(label -> label == wanted)) {
                throw new IOException(folder + ": the class '" + labels.get(index)
                        + "' has no image to train with; the names of image files end in one of "
                        + ImageFiles.endings());
            }
        }
    }

    /**
     * Decodes images.
     *
     * @param side edge in pixels of the square that the preprocessor makes
     * @throws IOException if all of them don't fit into memory; files that can't be decoded whole are in the result
     */
    public static Decoded decode(List<Item> items, ImagePreprocessor preprocessor, int side) throws IOException {
        long needed = (long) items.size() * side * side * 3;
        if (needed > Runtime.getRuntime().maxMemory() * 3 / 4) {
            throw new IOException(items.size() + " images of " + side + "×" + side + " need "
                    + (needed >> 20) + " MiB of memory; Java has "
                    + (Runtime.getRuntime().maxMemory() >> 20)
                    + " (set JAVA_OPTS=-Xmx...)");
        }
        List<byte[]> pixels = new ArrayList<>(items.size());
        List<Item> whole = new ArrayList<>(items.size());
        List<String> broken = new ArrayList<>();
        for (Item item : items) {
            try {
                pixels.add(preprocessor.toPixels(Files.readAllBytes(item.file())));
                whole.add(item);
            } catch (RejectedEventException | IOException e) {
                broken.add(item.file() + ": " + e.getMessage());
            }
        }
        return new Decoded(new LabelledImages(side, side, pixels, classes(whole)), broken);
    }
}
