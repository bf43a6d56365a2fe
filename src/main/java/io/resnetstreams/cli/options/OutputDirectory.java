package io.resnetstreams.cli.options;

import io.resnetstreams.common.UserErrorException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directory that a command writes to. Stateless. */
public final class OutputDirectory {
    private OutputDirectory() {}

    /**
     * Returns the path to write to. What leads up from a directory that is not there, {@code none/../DIR}, is left out.
     *
     * @throws UserErrorException if it is a file, before any work is done
     */
    public static Path of(Path out) {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw UserErrorException.usage("--out " + out + ": is a file, where a directory is written");
        }
        Path parent = out.getParent();
        return parent == null || Files.exists(parent) ? out : out.normalize();
    }
}
