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
 * An archive of the product's loaded classes (AppCDS), with which the many processes that tests start need about a third less
 * processor time to start. The demo makes it, since it loads the broker, Kafka Streams and the engine; the first process that
 * is started after a build waits for that.
 *
 * <p>Threading: thread-safe, across JVMs too.
 */
final class ProductArchive {
    private static final Path JAR = Path.of("target", "resnet-streams.jar");
    private static final Path ARCHIVE = Path.of("target", "it-classes.jsa");
    private static final Path LOCK = Path.of("target", "it-classes.lock");
    private static final int MOST_MINUTES = 5;

    private static List<String> options;

    private ProductArchive() {}

    /** Returns the options of Java for a process whose class path begins with the product's jar; none if there is no archive. */
    static synchronized List<String> options() {
        if (options == null) {
            try {
                options = isMade()
                        // Where the archive does not fit, Java does without it, and would say so on standard output.
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

    private static boolean isMade() throws IOException, InterruptedException {
        try (FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.lock();
            return isFresh() || make();
        }
    }

    private static boolean isFresh() throws IOException {
        return Files.exists(ARCHIVE)
                && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(JAR)) > 0;
    }

    private static boolean make() throws IOException, InterruptedException {
        Path made = Path.of("target", "it-classes.new");
        Files.deleteIfExists(made);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-XX:ArchiveClassesAtExit=" + made,
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
        if (Files.exists(made)) {
            Files.move(made, ARCHIVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        }
        return false;
    }
}
