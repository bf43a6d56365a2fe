package io.resnetstreams.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An archive of the product's loaded classes (AppCDS). It saves the many processes that tests start about a third of
 * the processor time to start. The demo creates it, since it loads the broker, Kafka Streams and the engine; the first
 * process after a build waits for that.
 *
 * <p>Threading: thread-safe, also across JVMs.
 */
final class ProductArchive {
    private static final Path JAR = Path.of("target", "resnet-streams.jar");
    private static final Path ARCHIVE = Path.of("target", "it-classes.jsa");
    private static final Path LOCK = Path.of("target", "it-classes.lock");
    private static final int MOST_MINUTES = 5;

    private static List<String> options;

    private ProductArchive() {}

    /**
     * Returns the Java options for a process whose class path begins with the product's jar; none if there is no
     * archive.
     */
    static synchronized List<String> options() {
        if (options == null) {
            try {
                options = isAvailable()
                        // If the archive does not match, Java ignores it, but would print that to standard output.
                        ? List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-Xlog:disable")
                        : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return options;
    }

    private static boolean isAvailable() throws IOException, InterruptedException {
        try (FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.lock();
            return isFresh() || create();
        }
    }

    private static boolean isFresh() throws IOException {
        return Files.exists(ARCHIVE)
                && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(JAR)) > 0;
    }

    private static boolean create() throws IOException, InterruptedException {
        Path created = Path.of("target", "it-classes.new");
        Files.deleteIfExists(created);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-XX:ArchiveClassesAtExit=" + created,
                "-jar",
                JAR.toString(),
                "demo",
                "--set",
                "brokerTimeoutMillis=120000"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", "it-classes.log").toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        if (Files.exists(created)) {
            Files.move(created, ARCHIVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        }
        return false;
    }
}
