package io.resnetstreams.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.resnetstreams.model.TestIdx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {
    private static final byte[] SIX_PIXELS = {1, 2, 3, 4, 5, (byte) 200};

    @TempDir
    private Path folder;

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private void assertNoImages(byte[] bytes, String fault) throws IOException {
        Path file = file("x-idx3-ubyte", bytes);
        assertThatIOException().isThrownBy(() -> IdxFile.readImages(file)).withMessage(file + ": " + fault);
    }

    @Test
    void imagesAreRead() throws IOException {
        IdxFile.Images images = IdxFile.readImages(file("x-idx3-ubyte", TestIdx.bytes(SIX_PIXELS, 0x0803, 2, 1, 3)));
        assertThat(images.size()).isEqualTo(2);
        assertThat(images.height()).isEqualTo(1);
        assertThat(images.width()).isEqualTo(3);
        assertThat(images.grey(1)).containsExactly(4, 5, 200);
    }

    @Test
    void compressedImagesAreRead() throws IOException {
        byte[] compressed = TestIdx.gzip(TestIdx.bytes(SIX_PIXELS, 0x0803, 1, 2, 3));
        assertThat(IdxFile.readImages(file("x-idx3-ubyte.gz", compressed)).grey(0))
                .isEqualTo(SIX_PIXELS);
    }

    @Test
    void labelsAreReadAsUnsignedBytes() throws IOException {
        assertThat(IdxFile.readLabels(file("x-idx1-ubyte", TestIdx.bytes(new byte[] {0, (byte) 200}, 0x0801, 2))))
                .containsExactly(0, 200);
    }

    @Test
    void anotherMagicNumberIsRefused() throws IOException {
        assertNoImages(
                TestIdx.bytes(SIX_PIXELS, 0x0801, 2, 1, 3),
                "begins with 0x00000801; an IDX file of images begins with 0x00000803");
    }

    @Test
    void imagesAreNoLabels() throws IOException {
        Path file = file("x-idx1-ubyte", TestIdx.bytes(SIX_PIXELS, 0x0803, 2, 1, 3));
        assertThatIOException()
                .isThrownBy(() -> IdxFile.readLabels(file))
                .withMessageContaining("an IDX file of labels begins with 0x00000801");
    }

    @Test
    void aTruncatedFileIsRefused() throws IOException {
        assertNoImages(TestIdx.bytes(SIX_PIXELS, 0x0803, 3, 1, 3), "has 6 bytes of data; its header claims 9");
    }

    @Test
    void aTruncatedHeaderIsRefused() throws IOException {
        assertNoImages(TestIdx.bytes(new byte[0], 0x0803, 3), "ends before its header");
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        assertNoImages(new byte[0], "ends before its header");
    }

    @ParameterizedTest
    @CsvSource({"2000000000,2000000000,2000000000", "-1,1,1", "1,0,1", "1,1,-5", "1073741825,1,1"})
    void anAbsurdHeaderIsRefusedBeforeMemoryIsTaken(int size, int height, int width) throws IOException {
        assertNoImages(
                TestIdx.bytes(SIX_PIXELS, 0x0803, size, height, width),
                "claims " + size + " images of " + width + "×" + height + "; at most 1073741824 bytes are read");
    }

    @Test
    void anAbsurdNumberOfLabelsIsRefused() throws IOException {
        Path file = file("x-idx1-ubyte", TestIdx.bytes(SIX_PIXELS, 0x0801, -1));
        assertThatIOException().isThrownBy(() -> IdxFile.readLabels(file)).withMessageContaining("claims -1 labels");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 100})
    void aFileThatIsNotCompressedThoughItsNameSaysSoIsRefused(int length) throws IOException {
        Path file = file("x-idx3-ubyte.gz", new byte[length]);
        assertThatIOException()
                .isThrownBy(() -> IdxFile.readImages(file))
                .withMessage(file + ": is not compressed with gzip, although its name ends with .gz");
    }

    @Test
    void aCompressedFileThatIsCutIsRefusedByName() throws IOException {
        byte[] compressed = TestIdx.gzip(TestIdx.bytes(new byte[5_000], 0x0803, 5, 10, 100));
        Path file = file("x-idx3-ubyte.gz", Arrays.copyOf(compressed, compressed.length - 12));
        assertThatIOException().isThrownBy(() -> IdxFile.readImages(file)).withMessageStartingWith(file + ": ");
    }

    @ParameterizedTest
    @CsvSource({
        "train-images-idx3-ubyte, true",
        "t10k-images-idx3-ubyte.gz, true",
        "train-labels-idx1-ubyte, false",
        "idx3-ubyte.txt, false"
    })
    void imagesAreKnownByTheirName(String name, boolean images) {
        assertThat(IdxFile.looksLikeImages(Path.of(name))).isEqualTo(images);
    }
}
