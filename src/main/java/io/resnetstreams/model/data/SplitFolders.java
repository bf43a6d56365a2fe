package io.resnetstreams.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The splits of a data set: {@code train} or {@code training}, and the first that exists of {@code val}, {@code valid},
 * {@code validation}, {@code test} and {@code testing}, in upper or lower case. A folder with such a name but without
 * subfolders is a class.
 *
 * @param heldOut null if there are no splits and {@code train} is the whole data set
 * @param notices messages for the user: the splits that are used, and the folders and files that are ignored
 */
record SplitFolders(Path train, Path heldOut, List<String> notices) {
    private static final List<String> TRAIN_NAMES = List.of("train", "training");
    private static final List<String> VALIDATION_NAMES = List.of("val", "valid", "validation");
    private static final List<String> TEST_NAMES = List.of("test", "testing");

    /** @throws IOException if one split exists without the other, or two have the same purpose */
    static SplitFolders of(Path folder) throws IOException {
        List<Path> splits = new ArrayList<>();
        for (String name : classes(folder)) {
            Path child = folder.resolve(name);
            boolean isSplit = Stream.of(TRAIN_NAMES, VALIDATION_NAMES, TEST_NAMES)
                    .anyMatch(names -> names.contains(name.toLowerCase(Locale.ROOT)));
            if (isSplit && !classes(child).isEmpty()) {
                splits.add(child);
            }
        }
        List<String> notices = new ArrayList<>();
        int loose = new ImageFiles().in(folder).size();
        if (loose > 0) {
            notices.add("images directly in " + folder + " are ignored, because they are in no class folder: " + loose);
        }
        if (splits.isEmpty()) {
            return new SplitFolders(folder, null, notices);
        }
        Path train = single(folder, splits, TRAIN_NAMES);
        Path validation = single(folder, splits, VALIDATION_NAMES);
        Path heldOut = validation != null ? validation : single(folder, splits, TEST_NAMES);
        if (train == null || heldOut == null) {
            throw new IOException(folder + ": has "
                    + splits.stream().map(Path::getFileName).toList() + "; the splits must be one of train, training"
                    + " and one of val, valid, validation, test, testing"
                    + (train == null ? "" : " (to hold out a share of each class, give " + train + " as the data)"));
        }
        notices.add("images to train with: " + train + "; held out: " + heldOut);
        List<String> unused = new ArrayList<>(classes(folder));
        unused.remove(train.getFileName().toString());
        unused.remove(heldOut.getFileName().toString());
        if (!unused.isEmpty()) {
            notices.add("ignored in " + folder + ": " + String.join(", ", unused));
        }
        return new SplitFolders(train, heldOut, notices);
    }

    /** Returns the names of the folders in a folder, sorted, without hidden ones. */
    static List<String> classes(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory)
                    .map(child -> child.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static Path single(Path folder, List<Path> splits, List<String> names) throws IOException {
        List<Path> found = splits.stream()
                .filter(split -> names.contains(split.getFileName().toString().toLowerCase(Locale.ROOT)))
                .toList();
        if (found.size() > 1) {
            throw new IOException(folder + ": has "
                    + found.stream().map(Path::getFileName).toList()
                    + ", which have the same purpose; keep one of them");
        }
        return found.isEmpty() ? null : found.get(0);
    }
}
