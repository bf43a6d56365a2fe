package io.resnetstreams.model.data;

import io.resnetstreams.common.Png;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Images of known classes, in memory, on which a model is measured. Immutable; several threads may decode images. */
public final class EvaluationSet {
    /** An image file's bytes, or pixels that need no decoding, and its class. */
    private record Item(String id, byte[] bytes, boolean decoded, int classIndex) {}

    /** What to do about images that can't be decoded. */
    static final String BROKEN_ADVICE = "\nRepair or remove them, or skip them with --skip-broken";

    private final List<Item> items;
    private final ImagePreprocessor preprocessor;
    private final List<String> notices;

    private EvaluationSet(List<Item> items, ImagePreprocessor preprocessor, List<String> notices) {
        this.items = items;
        this.preprocessor = preprocessor;
        this.notices = notices;
    }

    /**
     * Reads a folder: an IDX data set (its test split), or files listed in {@code labels.tsv}, or one folder per class,
     * named after the model's labels. Of a folder with splits ({@link SplitFolders}), the held-out split is read.
     *
     * @throws IOException if it is none of these or a file can't be read; the message says what was found
     */
    public static EvaluationSet read(Path folder, ModelDirectory model, ImagePreprocessor preprocessor)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": there is no such directory");
        }
        boolean isIdx = LabelledImages.isIdx(folder);
        Path list = folder.resolve(LabelledSample.LABELS_FILE);
        if (!isIdx && Files.exists(list)) {
            return read(folder, list, null, model, preprocessor);
        }
        List<String> notices = new ArrayList<>();
        List<Item> items = isIdx
                ? idxItems(folder, LabelledImages.TEST, model.preprocessing())
                : fileItems(classFolders(folder, model.labels(), notices));
        return checked(items, model, preprocessor, notices);
    }

    /** Reads an IDX data set's training split. */
    public static EvaluationSet readTraining(Path folder, ModelDirectory model, ImagePreprocessor preprocessor)
            throws IOException {
        List<Item> items = idxItems(folder, LabelledImages.TRAIN, model.preprocessing());
        return new EvaluationSet(items, preprocessor, List.of());
    }

    /** Returns a set of images that are in memory already, of the model's input size. */
    public static EvaluationSet of(LabelledImages images) {
        return new EvaluationSet(items(images, true), null, List.of());
    }

    /** Reads the files and classes of a list; see {@link LabelledSample#read(Path, Path, String)}. */
    public static EvaluationSet read(
            Path folder, Path list, String column, ModelDirectory model, ImagePreprocessor preprocessor)
            throws IOException {
        LabelledSample sample = LabelledSample.read(folder, list, column);
        List<Item> items = fileItems(sample.files().stream()
                .map(file -> new LabelledFile(file, sample.classesByFile().get(file.toString())))
                .toList());
        return checked(items, model, preprocessor, List.of());
    }

    private static EvaluationSet checked(
            List<Item> items, ModelDirectory model, ImagePreprocessor preprocessor, List<String> notices)
            throws IOException {
        int classes = model.labels().size();
        for (Item item : items) {
            if (item.classIndex() >= classes) {
                throw new IOException(item.id() + " is of class " + item.classIndex() + "; the model has " + classes
                        + " classes, counted from 0");
            }
        }
        return new EvaluationSet(items, preprocessor, notices);
    }

    /** Returns messages for the user, one line each: the split that is used, and what is ignored. */
    public List<String> notices() {
        return notices;
    }

    /** Returns the images that can be decoded, with a notice that names the others; fails if there are none. */
    public EvaluationSet withoutBroken() throws IOException {
        List<String> broken = new ArrayList<>();
        List<Item> whole = decodable(broken);
        if (whole.isEmpty()) {
            throw new IOException(list(broken));
        }
        List<String> allNotices = new ArrayList<>(notices);
        allNotices.addAll(broken.isEmpty() ? List.of() : List.of("skipped: " + list(broken)));
        return new EvaluationSet(whole, preprocessor, allNotices);
    }

    /** Returns the items that can be decoded; adds a line for each of the others. */
    private List<Item> decodable(List<String> broken) {
        List<Item> whole = new ArrayList<>();
        for (Item item : items) {
            try {
                decoded(item);
                whole.add(item);
            } catch (RejectedEventException e) {
                broken.add(item.id() + ": " + e.getMessage());
            }
        }
        return whole;
    }

    private static String list(List<String> broken) {
        return broken.size() + (broken.size() == 1 ? " image" : " images") + " can't be decoded:\n  "
                + String.join("\n  ", broken);
    }

    /** Returns rows of true classes, columns of predicted classes, from each image's most probable class. */
    public int[][] confusion(int[] predicted, int classes) {
        int[][] counts = new int[classes][classes];
        for (int i = 0; i < predicted.length; i++) {
            counts[classOf(i)][predicted[i]]++;
        }
        return counts;
    }

    public int size() {
        return items.size();
    }

    /** Returns the {@link #pixels} of up to {@code most} images, spread evenly, since they may be sorted by class. */
    public List<byte[]> spread(int most) {
        return LabelledImages.spread(size(), Math.min(most, size()))
                .mapToObj(this::pixels)
                .toList();
    }

    public int classOf(int index) {
        return items.get(index).classIndex();
    }

    /** Returns an image's pixels, uint8 H×W×3, preprocessed as an event's; a failure names all images that are broken. */
    public byte[] pixels(int index) {
        try {
            return decoded(items.get(index));
        } catch (RejectedEventException e) {
            throw new IllegalArgumentException(allBroken(), e);
        }
    }

    private synchronized String allBroken() {
        List<String> broken = new ArrayList<>();
        decodable(broken);
        return list(broken) + BROKEN_ADVICE;
    }

    private byte[] decoded(Item item) throws RejectedEventException {
        return item.decoded() ? item.bytes() : preprocessor.toPixels(item.bytes());
    }

    private static List<Item> idxItems(Path folder, String split, Preprocessing input) throws IOException {
        LabelledImages images = LabelledImages.readIdx(folder, split);
        return items(images, images.width() == input.width() && images.height() == input.height());
    }

    /** Images that need decoding are encoded as PNG, so that they are resized as an event's image is. */
    private static List<Item> items(LabelledImages images, boolean decoded) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            byte[] pixels = images.pixels().get(i);
            byte[] bytes = decoded ? pixels : Png.encodeRgb(pixels, images.width(), images.height());
            items.add(new Item("#" + i, bytes, decoded, images.classes()[i]));
        }
        return items;
    }

    private static List<Item> fileItems(List<LabelledFile> files) throws IOException {
        List<Item> items = new ArrayList<>();
        for (LabelledFile file : files) {
            items.add(new Item(file.path().toString(), Files.readAllBytes(file.path()), false, file.classIndex()));
        }
        return items;
    }

    private static List<LabelledFile> classFolders(Path top, List<String> labels, List<String> notices)
            throws IOException {
        List<String> names =
                labels.stream().map(label -> label.replace('/', '_')).toList();
        // A label may be called like a split.
        SplitFolders splits = names.stream().anyMatch(name -> Files.isDirectory(top.resolve(name)))
                ? new SplitFolders(top, null, List.of())
                : SplitFolders.of(top);
        Path folder = splits.heldOut() == null ? top : splits.heldOut();
        notices.addAll(splits.heldOut() == null ? List.of() : List.of("measured on " + folder));
        ImageFiles images = new ImageFiles();
        List<LabelledFile> files = images.inClassFolders(folder, names);
        if (files.isEmpty()) {
            throw new IOException(folder + ": is neither an IDX data set, nor has it a " + LabelledSample.LABELS_FILE
                    + ", nor folders named by the model's labels, such as '" + names.get(0) + "'");
        }
        List<String> others = new ArrayList<>(SplitFolders.classes(folder));
        others.removeAll(names);
        if (!others.isEmpty()) {
            notices.add("folders ignored, because the model has no such labels: " + String.join(", ", others));
        }
        images.notice().ifPresent(notices::add);
        return files;
    }
}
