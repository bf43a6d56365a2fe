package io.resnetstreams.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Image files whose classes are known, listed in {@code labels.tsv}: a file's name and its class index, separated by a
 * tab, one a line; lines that begin with {@code #} are remarks.
 *
 * @param classesByFile the class of each file, by its path
 */
public record LabelledSample(List<Path> files, Map<String, Integer> classesByFile) {
    public static final String LABELS_FILE = "labels.tsv";
    private static final String DIRECTORY = "samples";

    public LabelledSample {
        files = List.copyOf(files);
        classesByFile = Map.copyOf(classesByFile);
    }

    /** Returns a model's own sample images. */
    public static LabelledSample of(ModelDirectory model) throws IOException {
        return read(model.directory().resolve(DIRECTORY));
    }

    /**
     * Reads a folder's list.
     *
     * @throws IOException if the list is missing or a line is malformed; the message names the line
     */
    public static LabelledSample read(Path folder) throws IOException {
        Path list = folder.resolve(LABELS_FILE);
        if (!Files.isRegularFile(list)) {
            throw new IOException("there is no " + list + ", which lists image files and their classes");
        }
        List<Path> files = new ArrayList<>();
        Map<String, Integer> classes = new LinkedHashMap<>();
        int number = 0;
        for (String line : Files.readAllLines(list)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("\t", -1);
            if (parts.length != 2 || !parts[1].matches("\\d{1,6}")) {
                throw new IOException(
                        list + ":" + number + ": '" + line + "'; a file name, a tab and a class index are needed");
            }
            Path file = folder.resolve(parts[0]);
            files.add(file);
            classes.put(file.toString(), Integer.valueOf(parts[1]));
        }
        return new LabelledSample(files, classes);
    }
}
