package io.resnetstreams.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Locks a directory for one broker. Kafka acquires its own lock only when it opens its logs, after it has written metadata that
 * another broker may be using.
 *
 * <p>Threading: acquired and closed by its owner. The operating system releases it when the process ends, even after a crash.
 */
final class DirectoryLock implements AutoCloseable {
    private static final String FILE = ".resnet-streams.lock";

    /** File locks belong to the process, so this set keeps out other brokers of the same JVM. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private FileChannel channel;

    private DirectoryLock(Path directory) {
        this.directory = directory;
    }

    /**
     * Acquires the lock, and creates the directory if it does not exist.
     *
     * @throws IOException if another broker has the lock, or the directory can't be written; the message names it
     */
    static DirectoryLock take(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            return takeExisting(directory, directory.toRealPath());
        } catch (FileSystemException e) {
            // The exception's message is only the path.
            throw new IOException("the folder " + directory + " can't be used: " + e, e);
        }
    }

    private static DirectoryLock takeExisting(Path directory, Path real) throws IOException {
        if (!HELD.add(real)) {
            throw inUse(directory);
        }
        DirectoryLock lock = new DirectoryLock(real);
        try {
            lock.channel = FileChannel.open(real.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock.channel.tryLock() == null) {
                throw inUse(directory);
            }
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static IOException inUse(Path directory) {
        return new IOException("another broker uses the folder " + directory + "; stop it, or use another folder");
    }

    @Override
    public void close() throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD.remove(directory);
        }
    }
}
