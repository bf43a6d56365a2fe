package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Images in folders. A link counts as what it leads to, which must be below a root too. */
final class FileStore implements Store {
    private final String list;
    private final List<Path> roots;

    FileStore(String list) {
        this.list = list;
        this.roots = roots(list);
    }

    /** Reads {@code references.file.roots}; an entry that is no absolute path is an {@link IllegalArgumentException}. */
    static List<Path> roots(String list) {
        return Glob.entries(list).stream().map(FileStore::root).toList();
    }

    private static Path root(String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            // The message below says what is needed.
        }
        throw new IllegalArgumentException("roots: '" + text + "' is no absolute path of a folder");
    }

    @Override
    public Body open(UriParts uri, Attempt attempt)
            throws RejectedEventException, TemporaryFailureException, IOException {
        Path path = path(uri);
        // Nothing outside is touched, so that nobody learns what is there.
        Path root = roots.stream().filter(path::startsWith).findFirst().orElseThrow(() -> outside(uri));
        attempt.store("file://" + root, true);
        if (!Files.isDirectory(root)) {
            throw new TemporaryFailureException("file", "the folder " + root + " of references.file.roots is missing");
        }
        try {
            return open(uri, path, attempt);
        } catch (NoSuchFileException e) {
            throw UriText.rejection("not_found", uri.text(), "there is no such file");
        } catch (AccessDeniedException e) {
            throw UriText.rejection("forbidden", uri.text(), "this process may not read the file");
        } catch (FileSystemException e) {
            String reason = String.valueOf(e.getReason());
            if (reason.startsWith("Not a directory") || reason.contains("symbolic link")) {
                throw UriText.rejection("not_found", uri.text(), "there is no such file: " + reason);
            }
            throw new TemporaryFailureException("file", "the file can't be opened: " + reason);
        }
    }

    private Body open(UriParts uri, Path path, Attempt attempt) throws RejectedEventException, IOException {
        Path real = path.toRealPath();
        for (Path root : roots) {
            if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
                // Opening a pipe would block.
                if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
                    throw UriText.rejection("path_not_allowed", uri.text(), "is not a regular file");
                }
                FileChannel channel = FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                Runnable close = () -> close(channel);
                attempt.onAbort(close);
                return new Body(Channels.newInputStream(channel), channel.size(), close);
            }
        }
        throw outside(uri);
    }

    private RejectedEventException outside(UriParts uri) {
        return UriText.rejection(
                "path_not_allowed", uri.text(), "is not below a folder of references.file.roots, '" + list + "'");
    }

    private static Path path(UriParts uri) throws RejectedEventException {
        if (uri.authority() != null && !uri.authority().isEmpty()) {
            throw uri.bad("names a host; file:///PATH is needed");
        }
        if (uri.query() != null || uri.fragment() != null) {
            throw uri.bad("has a query or fragment; ? in a path is written %3F and # is written %23");
        }
        String decoded = uri.decode(uri.path());
        try {
            Path path = Path.of(decoded);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            // The message below says what is needed.
        }
        throw uri.bad("has no absolute path; file:///PATH is needed");
    }

    /** Writes a file below a folder, with the folders that lead to it; the message of a failure says what is wrong where. */
    static void write(String folder, String name, byte[] bytes) throws IOException {
        Path file = Path.of(folder, name);
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (FileSystemException e) {
            // The message of most subclasses is nothing but the path.
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            throw new IOException(reason + " at " + e.getFile(), e);
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written.
        }
    }

    @Override
    public void close() {}
}
