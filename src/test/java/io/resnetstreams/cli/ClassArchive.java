package io.resnetstreams.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The classes of tests and product in the form that starts fastest: as jars, with an archive of the classes that an
 * earlier process loaded (AppCDS). Starting processes then take less time from those already running on the same two
 * cores.
 */
final class ClassArchive {
    private static final Path FOLDER = Path.of("target", "scaling");
    private static final Path ARCHIVE = FOLDER.resolve("instance.jsa");
    private static final List<String> PARTS = List.of("test-classes", "classes");

    private final String classPath;

    private ClassArchive(String classPath) {
        this.classPath = classPath;
    }

    /** Creates the jars, without an archive. */
    static ClassArchive create() throws IOException {
        Files.createDirectories(FOLDER);
        Files.deleteIfExists(ARCHIVE);
        ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
        StringBuilder classPath = new StringBuilder();
        for (String part : PARTS) {
            Path file = FOLDER.resolve(part + ".jar");
            String from = Path.of("target", part).toString();
            int exit = jar.run(System.out, System.err, "-c", "-0", "-f", file.toString(), "-C", from, ".");
            if (exit != 0) {
                throw new IOException(file + " could not be created");
            }
            classPath.append(file).append(':');
        }
        return new ClassArchive(classPath + "target/lib/*");
    }

    /** Starts a process that writes the archive when it exits. */
    InstanceProcess record(Class<?> main, String... arguments) {
        return InstanceProcess.small("-XX:ArchiveClassesAtExit=" + ARCHIVE, classPath, main, arguments);
    }

    /** Starts a process that loads its classes from the archive. */
    InstanceProcess start(Class<?> main, String... arguments) {
        if (!Files.exists(ARCHIVE)) {
            throw new IllegalStateException("no archive: " + ARCHIVE);
        }
        return InstanceProcess.small("-XX:SharedArchiveFile=" + ARCHIVE, classPath, main, arguments);
    }
}
