package io.resnetstreams.model;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Images in folders, one for each class, as torchvision's ImageFolder has them: the folders' names, sorted, are the labels;
 * links are followed, hidden files and those that are no images by their ending are passed over.
 * With folders {@code train} and {@code val} (or {@code test}) at the top, these hold the class folders; else a share of
 * each class is held out.
 *
 * @param train file and class index of each image to learn from
 * @param heldOut of each image to measure by
 */
public record LabelledFolders(List<String> labels, List<Item> train, List<Item> heldOut) {
    private static final List<String> HELD_OUT_NAMES = List.of("val", "validation", "test");

    private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp");

    /** An image file and its class. */
    public record Item(Path file, int classIndex) {}

    /**
     * Lists the files.
     *
     * @param share of each class that is held out, chosen by the seed, where the folder has no split of its own
     * @throws IOException if there are fewer than two classes or no image to hold out; the message says what was found
     */
    public static LabelledFolders list(Path folder, double share, long seed) throws IOException {
        Path trainFolder = folder.resolve("train");
        if (!Files.isDirectory(trainFolder)) {
            List<String> labels = labels(folder);
            List<Item> train = new ArrayList<>();
            List<Item> heldOut = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(seed);
            for (int index = 0; index < labels.size(); index++) {
                List<Item> items = items(folder.resolve(labels.get(index)), index);
                int held = (int) Math.round(items.size() * share);
                for (int i = 0; i < held; i++) {
                    heldOut.add(items.remove(random.nextInt(items.size())));
                }
                train.addAll(items);
            }
            return checked(folder, new LabelledFolders(labels, train, heldOut));
        }
        List<String> labels = labels(trainFolder);
        for (String name : HELD_OUT_NAMES) {
            Path other = folder.resolve(name);
            if (Files.isDirectory(other)) {
                List<String> others = labels(other);
                if (!labels.containsAll(others)) {
                    throw new IOException(other + " has the classes " + others + "; " + trainFolder + " has " + labels);
                }
                return checked(folder, new LabelledFolders(labels, all(trainFolder, labels), all(other, labels)));
            }
        }
        throw new IOException(folder + ": beside train, one of " + HELD_OUT_NAMES + " is needed");
    }

    private static LabelledFolders checked(Path folder, LabelledFolders folders) throws IOException {
        if (folders.labels.size() < 2 || folders.train.isEmpty() || folders.heldOut.isEmpty()) {
            throw new IOException(folder + ": has " + folders.labels.size() + " classes, " + folders.train.size()
                    + " images to train with and " + folders.heldOut.size()
                    + " held out; at least 2, 1 and 1 are needed: one folder a class");
        }
        for (int index = 0; index < folders.labels.size(); index++) {
            int wanted = index;
            if (folders.train.stream().noneMatch(item -> item.classIndex() == wanted)) {
                throw new IOException(folder + ": the class '" + folders.labels.get(index)
                        + "' has no image to train with; files must end in one of " + ENDINGS);
            }
        }
        return folders;
    }

    private static List<String> labels(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory)
                    .map(child -> child.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && ENDINGS.stream().anyMatch(name::endsWith);
    }

    private static List<Item> all(Path folder, List<String> labels) throws IOException {
        List<Item> items = new ArrayList<>();
        for (int index = 0; index < labels.size(); index++) {
            Path classFolder = folder.resolve(labels.get(index));
            if (Files.isDirectory(classFolder)) {
                items.addAll(items(classFolder, index));
            }
        }
        return items;
    }

    private static List<Item> items(Path classFolder, int index) throws IOException {
        try (Stream<Path> files = Files.walk(classFolder, FileVisitOption.FOLLOW_LINKS)) {
            List<Item> items = new ArrayList<>();
            files.filter(Files::isRegularFile)
                    .filter(LabelledFolders::isImage)
                    .sorted()
                    .forEach(file -> items.add(new Item(file, index)));
            return items;
        }
    }

    /**
     * Decodes images.
     *
     * @param side edge in pixels of the square that the preprocessor makes
     * @throws IOException if a file is no image that can be decoded whole, or all of them don't fit into memory
     */
    public static LabelledImages decode(List<Item> items, ImagePreprocessor preprocessor, int side) throws IOException {
        long needed = (long) items.size() * side * side * 3;
        if (needed > Runtime.getRuntime().maxMemory() * 3 / 4) {
            throw new IOException(items.size() + " images of " + side + "×" + side + " need "
                    + (needed >> 20) + " MiB of memory; Java has "
                    + (Runtime.getRuntime().maxMemory() >> 20)
                    + " (set JAVA_OPTS=-Xmx...)");
        }
        List<byte[]> pixels = new ArrayList<>(items.size());
        for (Item item : items) {
            try {
                pixels.add(preprocessor.toPixels(Files.readAllBytes(item.file())));
            } catch (RejectedEventException e) {
                throw new IOException(item.file() + ": " + e.getMessage(), e);
            }
        }
        return new LabelledImages(
                side, side, pixels, items.stream().mapToInt(Item::classIndex).toArray());
    }
}
