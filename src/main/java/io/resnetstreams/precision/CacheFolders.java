package io.resnetstreams.precision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** The folder for what can be made again, and the permissions of files that appear by renaming. */
final class CacheFolders {
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> WRITTEN_BY_OTHERS = PosixFilePermissions.fromString("----w--w-");
    private static final Set<PosixFilePermission> EXECUTED = PosixFilePermissions.fromString("--x--x--x");

    private CacheFolders() {}

    /**
     * Returns the launcher's cache, to which nobody else can write; without the launcher {@code resnet-streams} in $XDG_CACHE_HOME
     * or ~/.cache. It need not exist.
     */
    static Optional<Path> cache() {
        String launchers = System.getProperty("resnet-streams.cache");
        if (launchers != null) {
            return Optional.of(Path.of(launchers));
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path folder = cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        // A user without a home has the home "?".
        return Optional.of(folder.resolve("resnet-streams")).filter(Path::isAbsolute);
    }

    /** Lets those read a new folder or file, which only its creator can, that can read the folder that it will be in. */
    static void shareAs(Path created, Path parent) throws IOException {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(parent);
            permissions.removeAll(WRITTEN_BY_OTHERS);
            permissions.addAll(OWN);
            if (!Files.isDirectory(created)) {
                permissions.removeAll(EXECUTED);
            }
            Files.setPosixFilePermissions(created, permissions);
        } catch (UnsupportedOperationException e) {
            // The file system has no such permissions.
            return;
        }
    }
}
