package io.resnetstreams.model.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the image files in folders by file extension, in upper or lower case. Image formats that can't be decoded count
 * too, so that such files are refused by name instead of being ignored. Threading: one thread.
 */
public final class ImageFiles {
    private static final Map<String, String> CONTENT_TYPES = Map.ofEntries(
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("jpe", "image/jpeg"),
            Map.entry("jfif", "image/jpeg"),
            Map.entry("png", "image/png"),
            Map.entry("gif", "image/gif"),
            Map.entry("bmp", "image/bmp"),
            Map.entry("dib", "image/bmp"),
            Map.entry("webp", "image/webp"),
            Map.entry("tif", "image/tiff"),
            Map.entry("tiff", "image/tiff"),
            Map.entry("heic", "image/heic"),
            Map.entry("heif", "image/heif"),
            Map.entry("avif", "image/avif"),
            Map.entry("jxl", "image/jxl"),
            Map.entry("jp2", "image/jp2"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("ppm", "image/x-portable-pixmap"),
            Map.entry("pgm", "image/x-portable-graymap"));

    private final Map<String, Integer> ignored = new TreeMap<>();

    /** Returns a file's content type by its extension; empty if that is not an image's. */
    public static Optional<String> contentType(Path file) {
        return Optional.ofNullable(CONTENT_TYPES.get(ending(file)));
    }

    /** Returns the extensions of image files, sorted, without dots. */
    public static List<String> endings() {
        return CONTENT_TYPES.keySet().stream().sorted().toList();
    }

    /** Returns the images of class folders, in the classes' order; missing folders have none. */
    List<LabelledFile> inClassFolders(Path parent, List<String> names) throws IOException {
        List<LabelledFile> found = new ArrayList<>();
        for (int index = 0; index < names.size(); index++) {
            int classIndex = index;
            Path folder = parent.resolve(names.get(index));
            if (Files.isDirectory(folder)) {
                below(folder).forEach(file -> found.add(new LabelledFile(file, classIndex)));
            }
        }
        return found;
    }

    /** Returns the images in a folder and in the folders below it, sorted. */
    public List<Path> below(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return images(files);
        }
    }

    /** Returns the images directly in a folder, sorted. */
    List<Path> in(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return images(files);
        }
    }

    private List<Path> images(Stream<Path> files) {
        List<Path> found = new ArrayList<>();
        files.filter(Files::isRegularFile).sorted().forEach(file -> {
            boolean hidden = file.getFileName().toString().startsWith(".");
            String ending = ending(file);
            if (!hidden && contentType(file).isPresent()) {
                found.add(file);
            } else {
                String kind = hidden ? "hidden" : ending.isEmpty() ? "without extension" : "." + ending;
                ignored.merge(kind, 1, Integer::sum);
            }
        });
        return found;
    }

    /** Returns a message for the user that counts the files ignored so far by extension; empty if there are none. */
    Optional<String> notice() {
        if (ignored.isEmpty()) {
            return Optional.empty();
        }
        int count = ignored.values().stream().mapToInt(Integer::intValue).sum();
        String kinds = ignored.entrySet().stream()
                .map(kind -> kind.getKey() + " " + kind.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
        return Optional.of("ignored, because their names are not those of images: " + count
                + (count == 1 ? " file" : " files") + kinds);
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
