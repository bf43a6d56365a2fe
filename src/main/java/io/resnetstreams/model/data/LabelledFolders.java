package io.resnetstreams.model.data;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Images in one folder per class, as in torchvision's ImageFolder: the labels are the folders' names, sorted; links are
 * followed. If the folder has splits ({@link SplitFolders}), these contain the class folders; otherwise a share of each
 * class is held out. Notices are messages for the user about splits, and files and folders that are ignored.
 */
record LabelledFolders(
        List<String> labels, List<LabelledFile> train, List<LabelledFile> heldOut, List<String> notices) {
    /** Decoded images, and a line for each file that could not be decoded, with the reason. */
    record Decoded(LabelledImages images, List<String> broken) {}

    /** Lists the files; without splits, {@code share} of each class is held out, which the seed selects. */
    static LabelledFolders list(Path folder, double share, long seed) throws IOException {
        SplitFolders splits = SplitFolders.of(folder);
        List<String> notices = new ArrayList<>(splits.notices());
        ImageFiles files = new ImageFiles();
        List<String> labels = SplitFolders.classes(splits.train());
        List<LabelledFile> train = files.inClassFolders(splits.train(), labels);
        List<LabelledFile> heldOut = new ArrayList<>();
        if (splits.heldOut() == null) {
            heldOut = holdOut(train, share, seed);
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
    private static List<LabelledFile> holdOut(List<LabelledFile> items, double share, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LabelledFile> heldOut = new ArrayList<>();
        Map<Integer, List<LabelledFile>> byClass = items.stream()
                .collect(Collectors.groupingBy(
                        LabelledFile::classIndex, TreeMap::new, Collectors.toCollection(ArrayList::new)));
        items.clear();
        for (List<LabelledFile> ofClass : byClass.values()) {
            for (long held = Math.round(ofClass.size() * share); held > 0; held--) {
                heldOut.add(ofClass.remove(random.nextInt(ofClass.size())));
            }
            items.addAll(ofClass);
        }
        return heldOut;
    }

    /** Refuses fewer than two classes, no image held out, and a class without an image to train with. */
    static void requireClasses(Path folder, List<String> labels, int[] train, int[] heldOut) throws IOException {
        if (labels.size() < 2 || train.length == 0 || heldOut.length == 0) {
            throw new IOException(folder + ": has " + labels.size() + " classes, " + train.length
                    + " images to train with and " + heldOut.length
                    + " held out; at least 2, 1 and 1 are required: one folder per class");
        }
        Set<Integer> trained = Arrays.stream(train).boxed().collect(Collectors.toSet());
        for (int index = 0; index < labels.size(); index++) {
            if (!trained.contains(index)) {
                throw new IOException(folder + ": the class '" + labels.get(index)
                        + "' has no image to train with; the extensions of image files are "
                        + ImageFiles.endings());
            }
        }
    }

    /** Decodes images to an edge of {@code side} pixels; refuses more images than fit into memory. */
    static Decoded decode(List<LabelledFile> items, ImagePreprocessor preprocessor, int side) throws IOException {
        long needed = (long) items.size() * side * side * 3;
        long most = Runtime.getRuntime().maxMemory();
        if (needed > most * 3 / 4) {
            throw new IOException(items.size() + " images of " + side + "×" + side + " need " + (needed >> 20)
                    + " MiB of memory; Java has " + (most >> 20) + " (set JAVA_OPTS=-Xmx...)");
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
