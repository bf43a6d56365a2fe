package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A second build: the one in {@code -Dupgrade.from=FOLDER}, a source tree built with {@code -Dquick}
 * ({@code src/test/release/upgrade.sh} makes one of an older commit). Without that property it is a copy of the build
 * under test with another version number.
 *
 * @param home the folder to start it in
 * @param jar its program, absolute
 */
record OtherBuild(Path home, Path jar) {
    static final String COPY_VERSION = "0.0.0-before";

    /** Finds the other build or creates a copy in the folder. */
    static OtherBuild find(Path folder) throws IOException {
        String given = System.getProperty("upgrade.from");
        if (given != null) {
            Path home = Path.of(given).toAbsolutePath();
            return new OtherBuild(home, home.resolve("target/resnet-streams.jar"));
        }
        Path target = Path.of("target").toAbsolutePath();
        Path jar = Files.copy(target.resolve("resnet-streams.jar"), folder.resolve("resnet-streams.jar"));
        Files.createSymbolicLink(folder.resolve("lib"), target.resolve("lib"));
        try (FileSystem inside = FileSystems.newFileSystem(jar)) {
            Path properties = inside.getPath("build.properties");
            String text = Files.readString(properties, UTF_8);
            Files.writeString(properties, text.replaceFirst("(?m)^version=.*$", "version=" + COPY_VERSION), UTF_8);
        }
        return new OtherBuild(Path.of("").toAbsolutePath(), jar);
    }

    /** Returns whether the other build is a copy of the build under test. */
    static boolean isCopy() {
        return System.getProperty("upgrade.from") == null;
    }
}
