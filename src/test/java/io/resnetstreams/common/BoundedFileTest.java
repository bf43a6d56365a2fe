package io.resnetstreams.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedFileTest {
    @TempDir
    private Path folder;

    @Test
    void aFileOfJustThatSizeIsRead() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "ä\nb\r\n");
        assertThat(BoundedFile.bytes(file, 6)).hasSize(6);
        assertThat(BoundedFile.lines(file, 6)).containsExactly("ä", "b");
    }

    @Test
    void aLargerFileIsNotRead() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "seven..");
        assertThatIOException()
                .isThrownBy(() -> BoundedFile.bytes(file, 6))
                .withMessage("it has more than 6 bytes, which are not read");
    }

    /** The device reports a size of zero. */
    @Test
    void aDeviceThatNeverEndsIsNotReadForEver() {
        assertThatIOException()
                .isThrownBy(() -> BoundedFile.bytes(Path.of("/dev/zero"), 1_000))
                .withMessageContaining("more than 1000 bytes");
    }

    @Test
    void aFileThatIsNotTextIsNamed() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[] {(byte) 0xFF, 'a'});
        assertThatIOException().isThrownBy(() -> BoundedFile.lines(file, 10)).withMessage("it is not text in UTF-8");
    }
}
