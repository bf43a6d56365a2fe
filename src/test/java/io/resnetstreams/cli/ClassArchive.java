package io.resnetstreams.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The tests' and the product's classes in the form in which Java starts fastest: as jars, with an archive of what a process
 * before had loaded (AppCDS). Several processes that start at once on two cores share them with what they should work on.
 */
final class ClassArchive {
    private static final Path FOLDER = Path.of("target", "scaling");
    private static final Path ARCHIVE = FOLDER.resolve("instance.jsa");
    private static final List<String> PARTS = List.of("test-classes", "classes");

    private final String classPath;

    private ClassArchive(String classPath) {
        this.classPath = classPath;
    }

    /** Makes the jars; there is no archive yet. */
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
                throw new IOException(file + " could not be made");
            }
            classPath.append(file).append(':');
        }
        return new ClassArchive(classPath + "target/lib/*");
    }

    /** Starts a process that leaves the archive when it ends. */
    InstanceProcess record(Class<?> main, String... arguments) {
        return InstanceProcess.small("-XX:ArchiveClassesAtExit=" + ARCHIVE, classPath, main, arguments);
    }

    /** Starts a process that takes its classes from the archive. */
    InstanceProcess start(Class<?> main, String... arguments) {
        if (!Files.exists(ARCHIVE)) {
            throw new IllegalStateException("there is no " + ARCHIVE);
        }
        return InstanceProcess.small("-XX:SharedArchiveFile=" + ARCHIVE, classPath, main, arguments);
    }
}
