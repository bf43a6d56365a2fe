package io.resnetstreams.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    private Path folder;

    /** A program that takes the lock and reports it; the lock is released when the process is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (DirectoryLock lock = DirectoryLock.take(Path.of(arguments[0]))) {
                System.out.println("taken " + lock);
                System.in.read();
            }
        }
    }

    private void assertIsTaken(Path directory) {
        assertThatIOException()
                .isThrownBy(() -> DirectoryLock.take(directory))
                .withMessage("another broker uses the folder " + directory + "; stop it, or use another folder");
    }

    @Test
    void aLockOfThisProcessIsHeldUntilItIsClosed() throws Exception {
        Path data = folder.resolve("new/data");
        DirectoryLock lock = DirectoryLock.take(data);
        assertIsTaken(data);
        assertIsTaken(data.resolve("../data"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), data);
        assertIsTaken(link);
        lock.close();
        DirectoryLock.take(link).close();
    }

    @Test
    void aLockOfAnotherProcessIsHeldUntilThatExits() throws Exception {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        "target/classes:target/test-classes",
                        Holder.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = holder.inputReader()) {
            assertThat(said.readLine()).startsWith("taken");
            assertIsTaken(folder);
        } finally {
            holder.destroyForcibly().waitFor();
        }
        DirectoryLock.take(folder).close();
    }

    /** Checks that no file of the first broker changes. */
    @Test
    void aSecondBrokerOnTheSameFolderChangesNothing() throws Exception {
        try (DirectoryLock lock = DirectoryLock.take(folder)) {
            Map<Path, String> before = files();
            assertThatIOException()
                    .isThrownBy(() -> EmbeddedBroker.start(folder, 0, 1 << 20))
                    .withMessageContaining("another broker uses the folder " + folder);
            assertThat(files()).as("held by %s", lock).isEqualTo(before);
        }
    }

    private Map<Path, String> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .collect(Collectors.toMap(file -> file, DirectoryLockTest::describe));
        }
    }

    private static String describe(Path file) {
        try {
            return Files.size(file) + " bytes of " + Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPlaceThatIsNoFolderIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        assertThatIOException().isThrownBy(() -> DirectoryLock.take(file)).withMessageContaining(file.toString());
    }
}
