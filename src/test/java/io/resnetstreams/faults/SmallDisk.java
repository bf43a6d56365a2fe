package io.resnetstreams.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of fixed size in memory that can be filled. Mounting it requires root on Linux. */
final class SmallDisk implements AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;
    private static final int SIZE_IN_MEBIBYTES = 64;
    private static final byte[] BALLAST = new byte[4096];

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts a disk; returns null if that is not possible. */
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
            // The program is not installed.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    Path folder() {
        return folder;
    }

    /** Fills all free space. */
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

    /** Frees the space again. */
    void empty() throws IOException {
        Files.delete(ballast());
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    /** Unmounts the disk once it is no longer in use. */
    @Override
    public void close() throws IOException {
        if (!run("umount", "-l", folder.toString())) {
            throw new IOException("cannot unmount " + folder);
        }
    }
}
