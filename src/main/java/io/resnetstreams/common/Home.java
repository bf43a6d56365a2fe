package io.resnetstreams.common;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the launcher stands, with {@code models} and {@code topology} beside it. */
public final class Home {
    private static final Path DIRECTORY = Path.of(System.getProperty("resnet-streams.home", "."));

    private Home() {}

    /** Returns a path as given where it exists, else beside the launcher. */
    public static Path resolve(Path path) {
        Path beside = DIRECTORY.resolve(path);
        return !Files.exists(path) && Files.exists(beside) ? beside : path;
    }
}
