package io.resnetstreams.common;

import java.nio.file.Files;
import java.nio.file.Path;

/** The directory of the launcher, which also contains {@code models} and {@code topology}. */
public final class Home {
    private static final Path DIRECTORY = Path.of(System.getProperty("resnet-streams.home", "."));

    private Home() {}

    /** Returns the path if it exists, else the same path relative to the launcher's directory. */
    public static Path resolve(Path path) {
        Path beside = DIRECTORY.resolve(path);
        return !Files.exists(path) && Files.exists(beside) ? beside : path;
    }
}
