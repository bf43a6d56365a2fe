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
 * Reads whole files from untrusted sources up to a maximum size, so that none of them exhausts the memory. It does not rely on
 * the file system's size, since devices and pipes have none. Stateless.
 */
public final class BoundedFile {
    /** The byte order mark that some editors write before UTF-8 text, with one character for each byte. */
    public static final String MARK_BYTES = "\u00ef\u00bb\u00bf";

    private static final String MARK = "\ufeff";

    private BoundedFile() {}

    /** Returns a file's bytes; throws {@link IOException}, without its name, if there are more than {@code most}. */
    public static byte[] bytes(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return bytes(in, most);
        }
    }

    /** Returns the remaining bytes of a stream; see {@link #bytes(Path, int)}. */
    public static byte[] bytes(InputStream in, int most) throws IOException {
        byte[] bytes = in.readNBytes(most);
        if (bytes.length == most && in.read() >= 0) {
            throw new IOException("it has more than " + most + " bytes, which are not read");
        }
        return bytes;
    }

    /** Returns a file's lines, without a byte order mark; throws {@link IOException} if it is not UTF-8. */
    public static List<String> lines(Path file, int most) throws IOException {
        return lines(bytes(file, most));
    }

    /** Returns the lines of a file's bytes; see {@link #lines(Path, int)}. */
    public static List<String> lines(byte[] bytes) throws IOException {
        if (isWide(bytes)) {
            throw new IOException("it is text in UTF-16; save it as UTF-8");
        }
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return (text.startsWith(MARK) ? text.substring(MARK.length()) : text)
                    .lines()
                    .toList();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not text in UTF-8", e);
        }
    }

    /** Returns whether the bytes begin with a UTF-16 byte order mark, or a Latin letter in UTF-16. */
    private static boolean isWide(byte[] bytes) {
        if (bytes.length < 2) {
            return false;
        }
        int first = (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF;
        return first == 0xFEFF || first == 0xFFFE || bytes[0] == 0 != (bytes[1] == 0);
    }
}
