package io.resnetstreams.cli.options;

import io.resnetstreams.common.UserErrorException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The output directory of a command. Stateless. */
public final class OutputDirectory {
    private OutputDirectory() {}

    /**
     * Returns the path to write to. It is normalized if its parent does not exist, as in {@code missing/../DIR}.
     *
     * @throws UserErrorException if it is a file
     */
    public static Path of(Path out) {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw UserErrorException.usage("--out " + out + ": is a file; a directory is needed");
        }
        Path parent = out.getParent();
        return parent == null || Files.exists(parent) ? out : out.normalize();
    }
}
