package io.resnetstreams.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The unpacked distribution archive and a Java runtime without compiler, built as in the Dockerfile. All tests of a run
 * share both and must not write to them.
 */
final class InstalledDistribution {
    private static final Pattern MODULES = Pattern.compile("jlink --add-modules (\\S+)");
    private static InstalledDistribution only;

    private final Path archive;
    private final Path home;
    private final Path java;

    private InstalledDistribution(Path archive, Path home, Path java) {
        this.archive = archive;
        this.home = home;
        this.java = java;
    }

    /** Returns the distribution of this run, which is deleted when the run ends. */
    static synchronized InstalledDistribution get() throws IOException, InterruptedException {
        if (only == null) {
            Path folder = Files.createTempDirectory("resnet-streams-installed");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            Path archive = findArchive();
            run("tar", "-xzf", archive.toString(), "-C", folder.toString());
            Path java = folder.resolve("java");
            String jlink =
                    Path.of(System.getProperty("java.home"), "bin", "jlink").toString();
            run(jlink, "--add-modules", modules(), "--output", java.toString());
            String name = archive.getFileName().toString().replaceFirst("-bin\\.tar\\.gz$", "");
            only = new InstalledDistribution(archive, folder.resolve(name), java);
        }
        return only;
    }

    private static Path findArchive() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.toString().endsWith("-bin.tar.gz"))
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalStateException("there is no archive in target, perhaps because of -Dquick"));
        }
    }

    private static String modules() throws IOException {
        Matcher modules = MODULES.matcher(Files.readString(Path.of("Dockerfile")));
        if (!modules.find()) {
            throw new IllegalStateException("the Dockerfile has no jlink");
        }
        return modules.group(1);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println(folder + " can't be deleted: " + e);
        }
    }

    /** Returns the archive itself. */
    Path archive() {
        return archive;
    }

    /** Returns the folder with {@code bin} and {@code lib}. */
    Path home() {
        return home;
    }

    /** Returns the folder of the Java runtime, for {@code JAVA_HOME}. */
    Path java() {
        return java;
    }

    /** Returns the path of the launcher. */
    String launcher() {
        return home.resolve("bin/resnet-streams").toString();
    }

    /** Returns the launcher and the arguments of a command. */
    List<String> command(String... arguments) {
        return Stream.concat(Stream.of(launcher()), Stream.of(arguments)).toList();
    }
}
