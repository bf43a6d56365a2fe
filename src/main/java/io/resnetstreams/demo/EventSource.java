package io.resnetstreams.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.Png;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.data.IdxFile;
import io.resnetstreams.model.data.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The images of paths, in a fixed order: a file is sent regardless of its content; a folder is searched for files with the names of
 * images; an IDX file yields one PNG for each of its images; {@code -} is one image from standard input. Files are read during
 * iteration, which throws a {@link UserErrorException} if a file can't be read any more.
 */
public final class EventSource implements Iterable<EventSource.SourceEvent> {
    /**
     * An event to send.
     *
     * @param image the bytes of the image; of a reference, its URI
     * @param contentType null if it is not known
     */
    public record SourceEvent(String id, byte[] image, String contentType) {
        private static final String URI_LIST = "text/uri-list";

        /** Returns an event that refers to its image. */
        static SourceEvent reference(String uri) {
            return new SourceEvent(uri, uri.getBytes(UTF_8), URI_LIST);
        }

        /** Returns whether it refers to its image. */
        public boolean isReference() {
            return URI_LIST.equals(contentType);
        }
    }

    private static final Pattern URI = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://.*");

    /** The path that stands for one image from standard input. */
    public static final Path STANDARD_INPUT = Path.of("-");

    private final List<Supplier<SourceEvent>> events = new ArrayList<>();
    private long skippedFiles;
    private boolean hasReferences;

    private EventSource() {}

    /** Finds the images of paths, and takes the URIs of others, such as {@code s3://BUCKET/KEY}, as they are. */
    public static EventSource ofNames(List<String> names) {
        List<Path> paths = new ArrayList<>();
        List<SourceEvent> references = new ArrayList<>();
        for (String name : names) {
            if (URI.matcher(name).matches()) {
                references.add(SourceEvent.reference(name));
            } else {
                paths.add(path(name));
            }
        }
        EventSource source = paths.isEmpty() && !references.isEmpty() ? new EventSource() : of(paths);
        source.hasReferences = !references.isEmpty();
        references.forEach(reference -> source.events.add(() -> reference));
        return source;
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw UserErrorException.usage("'" + name + "' is not a path: " + e.getMessage(), e);
        }
    }

    /**
     * Finds the images.
     *
     * @throws UserErrorException if a path does not exist or can't be read; the message names it
     */
    public static EventSource of(List<Path> paths) {
        if (Collections.frequency(paths, STANDARD_INPUT) > 1) {
            throw UserErrorException.usage("- (standard input) is given twice; it can be read only once");
        }
        EventSource source = new EventSource();
        for (Path path : paths) {
            if (path.equals(STANDARD_INPUT)) {
                source.addStandardInput();
            } else if (Files.isDirectory(path)) {
                source.addFolder(path);
            } else if (Files.isRegularFile(path)) {
                source.addFile(path);
            } else {
                throw UserErrorException.usage(path
                        + (Files.exists(path)
                                ? ": is neither a file nor a folder; - reads an image from standard input"
                                : ": there is no such file or folder"));
            }
        }
        if (source.events.isEmpty()) {
            throw UserErrorException.usage("no image in " + paths + "; files whose names end in " + ImageFiles.endings()
                    + " are taken from folders");
        }
        return source;
    }

    /** Returns whether some of its events refer to their images. */
    public boolean hasReferences() {
        return hasReferences;
    }

    /** Reads all events, and returns them from memory. */
    public EventSource kept() {
        EventSource kept = new EventSource();
        forEach(event -> kept.events.add(() -> event));
        return kept;
    }

    /** Returns the number of events. */
    public long size() {
        return events.size();
    }

    /** Returns the number of files that are not images by their names. */
    public long skippedFiles() {
        return skippedFiles;
    }

    /** Returns a line with the number of skipped files; empty if there are none. */
    public Optional<String> notice() {
        return skippedFiles == 0
                ? Optional.empty()
                : Optional.of("skipped in folders, since their names are not those of images: "
                        + Text.count(skippedFiles, "file"));
    }

    @Override
    public Iterator<SourceEvent> iterator() {
        return events.stream().map(Supplier::get).iterator();
    }

    /** Reads standard input immediately, since it can be read only once. */
    private void addStandardInput() {
        try {
            SourceEvent event = new SourceEvent(STANDARD_INPUT.toString(), System.in.readAllBytes(), null);
            events.add(() -> event);
        } catch (IOException e) {
            throw UserErrorException.usage("cannot read standard input: " + e.getMessage(), e);
        }
    }

    private void addFolder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).sorted().forEach(file -> {
                if (ImageFiles.contentType(file).isPresent() || IdxFile.looksLikeImages(file)) {
                    addFile(file);
                } else {
                    skippedFiles++;
                }
            });
        } catch (IOException e) {
            throw UserErrorException.usage("cannot read the folder " + folder + ": " + e.getMessage(), e);
        }
    }

    private void addFile(Path file) {
        if (IdxFile.looksLikeImages(file)) {
            addIdx(file);
        } else {
            events.add(() -> new SourceEvent(
                    file.toString(), read(file), ImageFiles.contentType(file).orElse(null)));
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
            throw UserErrorException.shortfall("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
