package io.resnetstreams.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Png;
import io.resnetstreams.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledFoldersTest {
    private static final int SIDE = 4;

    @TempDir
    private Path folder;

    private void images(String classFolder, int count) throws IOException {
        Path directory = Files.createDirectories(folder.resolve(classFolder));
        for (int i = 0; i < count; i++) {
            Files.write(directory.resolve(i + ".png"), Png.encodeRgb(new byte[SIDE * SIDE * 3], SIDE, SIDE));
        }
    }

    private LabelledFolders list() throws IOException {
        return LabelledFolders.list(folder, 0.25, 1);
    }

    @Test
    void labelsAreTheFoldersNamesSorted() throws IOException {
        images("dog", 4);
        images("cat", 4);
        assertThat(list().labels()).containsExactly("cat", "dog");
    }

    @Test
    void aShareOfEachClassIsHeldOut() throws IOException {
        images("dog", 8);
        images("cat", 4);
        LabelledFolders folders = list();
        assertThat(folders.heldOut())
                .extracting(LabelledFolders.Item::classIndex)
                .containsExactly(0, 1, 1);
        assertThat(folders.train()).hasSize(9).doesNotContainAnyElementsOf(folders.heldOut());
    }

    @Test
    void theSeedChoosesWhatIsHeldOut() throws IOException {
        images("dog", 40);
        images("cat", 40);
        assertThat(list().heldOut()).isEqualTo(list().heldOut());
        assertThat(LabelledFolders.list(folder, 0.25, 2).heldOut()).isNotEqualTo(list().heldOut());
    }

    @Test
    void aSplitOfItsOwnIsTaken() throws IOException {
        images("train/dog", 3);
        images("train/cat", 3);
        images("val/cat", 2);
        LabelledFolders folders = list();
        assertThat(folders.train()).hasSize(6);
        assertThat(folders.heldOut())
                .extracting(LabelledFolders.Item::classIndex)
                .containsExactly(0, 0);
    }

    @Test
    void aClassThatWasNotTrainedIsNamed() throws IOException {
        images("train/dog", 3);
        images("train/cat", 3);
        images("val/bird", 2);
        assertThatIOException().isThrownBy(this::list).withMessageContaining("[bird]");
    }

    @Test
    void aTrainFolderAloneIsNotEnough() throws IOException {
        images("train/dog", 3);
        assertThatIOException().isThrownBy(this::list).withMessageContaining("one of [val, validation, test]");
    }

    @Test
    void oneClassIsNotEnough() throws IOException {
        images("dog", 8);
        assertThatIOException().isThrownBy(this::list).withMessageContaining("has 1 classes, 6 images");
    }

    @Test
    void whatIsNoImageIsPassedOver() throws IOException {
        images("dog", 4);
        images("cat", 4);
        Files.createDirectories(folder.resolve(".git"));
        Files.writeString(folder.resolve("cat").resolve("Thumbs.db"), "x");
        Files.writeString(folder.resolve("cat").resolve(".hidden.png"), "x");
        assertThat(list().labels()).containsExactly("cat", "dog");
        assertThat(list().train()).hasSize(6);
    }

    @Test
    void aLinkedClassFolderIsFollowed() throws IOException {
        images("dog", 4);
        images("elsewhere/cats", 4);
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.createSymbolicLink(
                root.resolve("cat"), folder.resolve("elsewhere").resolve("cats"));
        Files.createSymbolicLink(root.resolve("dog"), folder.resolve("dog"));
        assertThat(LabelledFolders.list(root, 0.25, 1).train()).hasSize(6);
    }

    @Test
    void aClassWithoutImagesIsNamed() throws IOException {
        images("dog", 4);
        images("cat", 4);
        Files.createDirectories(folder.resolve("bird"));
        assertThatIOException().isThrownBy(this::list).withMessageContaining("the class 'bird'");
    }

    @Test
    void imagesAreDecodedWithTheirClasses() throws IOException {
        images("dog", 4);
        images("cat", 4);
        ImagePreprocessor preprocessor = new ImagePreprocessor(ImageLimits.defaults(), new Preprocessing(2, 2, 2));
        LabelledImages images = LabelledFolders.decode(list().train(), preprocessor, 2);
        assertThat(images.classes()).containsExactly(0, 0, 0, 1, 1, 1);
        assertThat(images.pixels()).allSatisfy(pixels -> assertThat(pixels).hasSize(12));
    }

    @Test
    void aBrokenFileIsNamed() throws IOException {
        Path broken = Files.write(folder.resolve("x.png"), new byte[] {1, 2, 3});
        ImagePreprocessor preprocessor = new ImagePreprocessor(ImageLimits.defaults(), new Preprocessing(2, 2, 2));
        assertThatIOException()
                .isThrownBy(() -> LabelledFolders.decode(List.of(new LabelledFolders.Item(broken, 0)), preprocessor, 2))
                .withMessageContaining("x.png");
    }
}
