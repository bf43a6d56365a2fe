package io.resnetstreams.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The launcher's directory, which also contains {@code models} and {@code topology}, and temporary folders. */
public final class Folders {
    private static final Path HOME = Path.of(System.getProperty("resnet-streams.home", "."));

    private Folders() {}

    /** Returns the path if it exists, else the same path relative to the launcher's directory. */
    public static Path resolve(Path path) {
        Path beside = HOME.resolve(path);
        return !Files.exists(path) && Files.exists(beside) ? beside : path;
    }

    /** Deletes a folder and its content, and ignores what can't be deleted. */
    public static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
