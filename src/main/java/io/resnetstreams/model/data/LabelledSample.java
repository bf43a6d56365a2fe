package io.resnetstreams.model.data;

import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Image files of known classes, listed in {@code labels.tsv}: each line is a file's name, a tab and its class index.
 * Lines that start with {@code #} are comments. Classes are by the file's path.
 */
public record LabelledSample(List<Path> files, Map<String, Integer> classesByFile) {
    static final String LABELS_FILE = "labels.tsv";

    /** Returns the sample images in a model directory; fails as {@link #read} does. */
    public static LabelledSample of(ModelDirectory model) throws IOException {
        Path folder = model.directory().resolve("samples");
        return read(folder, folder.resolve(LABELS_FILE), null);
    }

    /**
     * Reads a list of tab-separated columns: a file's name, relative to the folder, and class indexes.
     *
     * @param column the header of the column with the class index; null for the second column, in which case the first
     *     line is a header if it starts with {@code file}
     * @throws IOException if the list is missing or a line is malformed; the message names the line
     */
    public static LabelledSample read(Path folder, Path list, String column) throws IOException {
        if (!Files.isRegularFile(list)) {
            throw new IOException("there is no " + list + ", the list of image files and their classes");
        }
        List<Path> files = new ArrayList<>();
        Map<String, Integer> classes = new LinkedHashMap<>();
        int index = 1;
        int number = 0;
        for (String line : Files.readAllLines(list)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> parts = List.of(line.split("\t", -1));
            if (number == 1
                    && parts.size() > 1
                    && (column != null || parts.get(0).equals("file"))) {
                index = column == null ? 1 : parts.indexOf(column);
                if (index < 1) {
                    throw new IOException(list + ": has no column '" + column + "'; its columns are " + parts);
                }
                continue;
            }
            if (parts.size() <= index || !parts.get(index).matches("\\d{1,6}")) {
                throw new IOException(
                        list + ":" + number + ": '" + line + "'; a file name, a tab and a class index are required");
            }
            Path file = folder.resolve(parts.get(0));
            files.add(file);
            classes.put(file.toString(), Integer.valueOf(parts.get(index)));
        }
        return new LabelledSample(files, classes);
    }
}
