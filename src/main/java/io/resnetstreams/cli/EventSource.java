package io.resnetstreams.cli;

import io.resnetstreams.image.Png;
import io.resnetstreams.model.IdxFile;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The images that paths stand for, in a fixed order: a file is sent whatever it holds; a folder is walked for files that
 * are images by their name; an IDX file gives one PNG for each of its images. Files are read as they are iterated over.
 */
final class EventSource implements Iterable<EventSource.SourceEvent> {
    /** One event to be: its id, the image's bytes, and the content type, null where the name tells none. */
    record SourceEvent(String id, byte[] image, String contentType) {}

    /** A file that was there at first and can't be read now. */
    static final class UnreadableException extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        UnreadableException(Path file, IOException cause) {
            super("cannot read " + file + ": " + cause.getMessage(), cause);
        }
    }

    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "jpg", "image/jpeg",
            "jpeg", "image/jpeg",
            "png", "image/png",
            "gif", "image/gif",
            "bmp", "image/bmp",
            "webp", "image/webp");

    private final List<Supplier<SourceEvent>> events = new ArrayList<>();
    private long skippedFiles;

    private EventSource() {}

    /** Finds the images; a path that does not exist or can't be read is an error that names it. */
    static EventSource of(List<Path> paths) {
        EventSource source = new EventSource();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                source.addFolder(path);
            } else if (Files.isRegularFile(path)) {
                source.addFile(path);
            } else {
                throw UserErrorException.usage(path + ": there is no such file or folder");
            }
        }
        if (source.events.isEmpty()) {
            throw UserErrorException.usage("no image in " + paths + "; files whose names end in "
                    + CONTENT_TYPES.keySet().stream().sorted().toList() + " are taken from folders");
        }
        return source;
    }

    /** Returns the same events, read now and kept in memory. */
    EventSource kept() {
        EventSource kept = new EventSource();
        forEach(event -> kept.events.add(() -> event));
        return kept;
    }

    long size() {
        return events.size();
    }

    long skippedFiles() {
        return skippedFiles;
    }

    @Override
    public Iterator<SourceEvent> iterator() {
        return events.stream().map(Supplier::get).iterator();
    }

    private void addFolder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).sorted().forEach(file -> {
                if (contentType(file) != null || IdxFile.looksLikeImages(file)) {
                    addFile(file);
                } else {
                    skippedFiles++;
                }
            });
        } catch (IOException e) {
            throw UserErrorException.usage("cannot walk " + folder + ": " + e.getMessage(), e);
        }
    }

    private void addFile(Path file) {
        if (IdxFile.looksLikeImages(file)) {
            addIdx(file);
        } else {
            events.add(() -> new SourceEvent(file.toString(), read(file), contentType(file)));
        }
    }

    private void addIdx(Path file) {
        IdxFile.Images images;
        try {
            images = IdxFile.readImages(file);
        } catch (IOException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
        String name = file.getFileName().toString();
        IntStream.range(0, images.size())
                .forEach(index -> events.add(() -> new SourceEvent(
                        name + "#" + index,
                        Png.encodeGrey(images.grey(index), images.width(), images.height()),
                        "image/png")));
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UnreadableException(file, e);
        }
    }

    private static String contentType(Path file) {
        String name = file.getFileName().toString();
        return CONTENT_TYPES.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }
}
