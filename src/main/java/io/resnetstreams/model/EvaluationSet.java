package io.resnetstreams.model;

import io.resnetstreams.common.Png;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images whose classes are known, in memory, as a model is to be measured on them.
 *
 * <p>Threading: immutable; images may be decoded by several threads.
 */
public final class EvaluationSet {
    /** An image file's bytes, or pixels that need no decoding, and its class. */
    private record Item(String id, byte[] bytes, boolean decoded, int classIndex) {}

    private final List<Item> items;
    private final ImagePreprocessor preprocessor;

    private EvaluationSet(List<Item> items, ImagePreprocessor preprocessor) {
        this.items = items;
        this.preprocessor = preprocessor;
    }

    /**
     * Reads a folder: an IDX data set (its test split), or files listed in {@code labels.tsv}, or one folder for each
     * class, named by the model's labels.
     *
     * @throws IOException if it is none of these or a file can't be read; the message names what was found
     */
    public static EvaluationSet read(Path folder, ModelDirectory model, ImagePreprocessor preprocessor)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": there is no such directory");
        }
        List<Item> items;
        if (LabelledImages.isIdx(folder)) {
            items = idxItems(folder, LabelledImages.Split.TEST, model.preprocessing());
        } else if (Files.exists(folder.resolve(LabelledSample.LABELS_FILE))) {
            items = listedItems(LabelledSample.read(folder));
        } else {
            items = classFolders(folder, model.labels());
        }
        requireClasses(items, model.labels().size());
        return new EvaluationSet(items, preprocessor);
    }

    /** Reads an IDX data set's training split. */
    public static EvaluationSet readTraining(Path folder, ModelDirectory model, ImagePreprocessor preprocessor)
            throws IOException {
        return new EvaluationSet(idxItems(folder, LabelledImages.Split.TRAIN, model.preprocessing()), preprocessor);
    }

    /** Returns images that are in memory already, of the model's input size. */
    public static EvaluationSet of(LabelledImages images) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            items.add(new Item("#" + i, images.pixels().get(i), true, images.classes()[i]));
        }
        return new EvaluationSet(items, null);
    }

    /**
     * Reads the files that a list names, with the classes it says.
     *
     * @param column see {@link LabelledSample#read(Path, Path, String)}
     */
    public static EvaluationSet read(
            Path folder, Path list, String column, ModelDirectory model, ImagePreprocessor preprocessor)
            throws IOException {
        List<Item> items = listedItems(LabelledSample.read(folder, list, column));
        requireClasses(items, model.labels().size());
        return new EvaluationSet(items, preprocessor);
    }

    /**
     * Counts how the images of each class were classified.
     *
     * @param predicted each image's most probable class
     * @return rows of right classes, columns of predicted ones
     */
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

    /**
     * Returns so many images, or all if there are fewer, spread evenly, since they may be sorted by class.
     *
     * @return each uint8 H×W×3, as {@link #pixels}
     * @throws IllegalArgumentException if an image can't be decoded
     */
    public List<byte[]> spread(int most) {
        int count = Math.min(most, size());
        List<byte[]> chosen = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chosen.add(pixels((int) ((long) i * size() / count)));
        }
        return chosen;
    }

    /** Returns the right class of an image. */
    public int classOf(int index) {
        return items.get(index).classIndex();
    }

    /**
     * Returns an image's pixels, uint8 H×W×3, decoded and preprocessed as an event's would be.
     *
     * @throws IllegalArgumentException if the image can't be decoded
     */
    byte[] pixels(int index) {
        Item item = items.get(index);
        if (item.decoded()) {
            return item.bytes();
        }
        try {
            return preprocessor.toPixels(item.bytes());
        } catch (RejectedEventException e) {
            throw new IllegalArgumentException(item.id() + ": " + e.getMessage(), e);
        }
    }

    private static List<Item> idxItems(Path folder, LabelledImages.Split split, Preprocessing input)
            throws IOException {
        LabelledImages images = LabelledImages.readIdx(folder, split);
        boolean fits = images.width() == input.width() && images.height() == input.height();
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            byte[] pixels = images.pixels().get(i);
            byte[] bytes = fits ? pixels : Png.encodeRgb(pixels, images.width(), images.height());
            items.add(new Item("#" + i, bytes, fits, images.classes()[i]));
        }
        return items;
    }

    private static List<Item> listedItems(LabelledSample sample) throws IOException {
        List<Item> items = new ArrayList<>();
        for (Path file : sample.files()) {
            String id = file.toString();
            items.add(new Item(
                    id, Files.readAllBytes(file), false, sample.classesByFile().get(id)));
        }
        return items;
    }

    private static List<Item> classFolders(Path folder, List<String> labels) throws IOException {
        List<Item> items = new ArrayList<>();
        ImageFiles files = new ImageFiles();
        for (int index = 0; index < labels.size(); index++) {
            Path classFolder = folder.resolve(labels.get(index).replace('/', '_'));
            if (Files.isDirectory(classFolder)) {
                for (Path file : files.addBelow(classFolder)) {
                    items.add(new Item(file.toString(), Files.readAllBytes(file), false, index));
                }
            }
        }
        if (items.isEmpty()) {
            throw new IOException(folder + ": is neither an IDX data set, nor has it a " + LabelledSample.LABELS_FILE
                    + ", nor folders named by the model's labels, such as '"
                    + labels.get(0).replace('/', '_') + "'");
        }
        return items;
    }

    private static void requireClasses(List<Item> items, int classes) throws IOException {
        for (Item item : items) {
            if (item.classIndex() >= classes) {
                throw new IOException(item.id() + " is of class " + item.classIndex() + "; the model has " + classes
                        + " classes, counted from 0");
            }
        }
    }
}
