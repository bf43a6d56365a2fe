package io.resnetstreams.common;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads whole files that may come from anywhere, up to a size, so that none of them takes all memory. What a file says of
 * its size does not count, since devices and pipes say nothing. Stateless.
 */
public final class BoundedFile {
    private BoundedFile() {}

    /**
     * Returns a file's bytes.
     *
     * @param most how many bytes are read at most
     * @throws IOException if it has more; the message says so, without the file's name
     */
    public static byte[] bytes(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return bytes(in, most);
        }
    }

    /** Returns what is left in a stream; see {@link #bytes(Path, int)}. */
    public static byte[] bytes(InputStream in, int most) throws IOException {
        byte[] bytes = in.readNBytes(most);
        if (bytes.length == most && in.read() >= 0) {
            throw new IOException("it has more than " + most + " bytes, which are not read");
        }
        return bytes;
    }

    /** Returns a file's lines; one that is not in UTF-8 is an {@link IOException} too. */
    public static List<String> lines(Path file, int most) throws IOException {
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes(file, most)))
                    .toString()
                    .lines()
                    .toList();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not text in UTF-8", e);
        }
    }
}
