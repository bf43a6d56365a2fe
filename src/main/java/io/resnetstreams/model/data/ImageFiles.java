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
 * The image files of folders, told by their names' endings in any case. Formats that can't be decoded are images too, so
 * that each of them is refused by its name rather than left out unseen.
 *
 * <p>Threading: the caller's.
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

    private static final String HIDDEN = "hidden";
    private static final String NO_ENDING = "without ending";

    private final Map<String, Integer> passedOver = new TreeMap<>();

    /** Returns a file's content type by its name; empty if that is not an image's. */
    public static Optional<String> contentType(Path file) {
        return Optional.ofNullable(CONTENT_TYPES.get(ending(file)));
    }

    /** Returns the endings of image files, sorted, without their dots. */
    public static List<String> endings() {
        return CONTENT_TYPES.keySet().stream().sorted().toList();
    }

    /**
     * Adds the images below a folder, sorted by path; links are followed.
     *
     * @return those added now
     */
    public List<Path> addBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return add(files);
        }
    }

    /** Adds the images that stand in a folder itself; see {@link #addBelow}. */
    public List<Path> addIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return add(files);
        }
    }

    private List<Path> add(Stream<Path> files) {
        List<Path> found = new ArrayList<>();
        files.filter(Files::isRegularFile).sorted().forEach(file -> {
            boolean hidden = file.getFileName().toString().startsWith(".");
            if (!hidden && contentType(file).isPresent()) {
                found.add(file);
            } else {
                passedOver.merge(kind(file, hidden), 1, Integer::sum);
            }
        });
        return found;
    }

    /** Returns a line for people that counts the files that are no images by their names; empty if there are none. */
    public Optional<String> notice() {
        int count = passedOver.values().stream().mapToInt(Integer::intValue).sum();
        return count == 0
                ? Optional.empty()
                : Optional.of("passed over, since their names are not those of images: " + count
                        + (count == 1 ? " file (" : " files (")
                        + passedOver.entrySet().stream()
                                .map(kind -> kind.getKey() + " " + kind.getValue())
                                .collect(Collectors.joining(", "))
                        + ")");
    }

    private static String kind(Path file, boolean hidden) {
        String ending = ending(file);
        return hidden ? HIDDEN : ending.isEmpty() ? NO_ENDING : "." + ending;
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
