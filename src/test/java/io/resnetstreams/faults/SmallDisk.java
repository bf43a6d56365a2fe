package io.resnetstreams.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a fixed size in memory, that can be filled. Only root may mount it, on Linux. */
final class SmallDisk implements AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;
    private static final int SIZE_IN_MEBIBYTES = 64;
    private static final byte[] BALLAST = new byte[4096];

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts one; null where that is not possible. */
    static SmallDisk mount(Path folder) throws IOException {
        Files.createDirectories(folder);
        return run("mount", "-t", "tmpfs", "-o", "size=" + SIZE_IN_MEBIBYTES + "m", "tmpfs", folder.toString())
                ? new SmallDisk(folder)
                : null;
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            // There is no such program here.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    Path folder() {
        return folder;
    }

    /** Takes all the room there is. */
    void fill() throws IOException {
        try (OutputStream ballast = Files.newOutputStream(ballast())) {
            while (true) {
                ballast.write(BALLAST);
            }
        } catch (IOException e) {
            if (folder.toFile().getUsableSpace() > MEBIBYTE) {
                throw e;
            }
        }
    }

    /** Gives it back. */
    void empty() throws IOException {
        Files.delete(ballast());
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    /** Unmounts it, as soon as nobody uses it any more. */
    @Override
    public void close() throws IOException {
        if (!run("umount", "-l", folder.toString())) {
            throw new IOException("cannot unmount " + folder);
        }
    }
}
