package io.resnetstreams.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.resnetstreams.common.Png;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(folders.heldOut()).extracting(LabelledFile::classIndex).containsExactly(0, 1, 1);
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
    void aSeparateSplitIsUsed() throws IOException {
        images("train/dog", 3);
        images("train/cat", 3);
        images("val/cat", 2);
        LabelledFolders folders = list();
        assertThat(folders.train()).hasSize(6);
        assertThat(folders.heldOut()).extracting(LabelledFile::classIndex).containsExactly(0, 0);
    }

    @Test
    void aClassThatWasNotTrainedIsNamed() throws IOException {
        images("train/dog", 3);
        images("train/cat", 3);
        images("val/bird", 2);
        assertThatIOException().isThrownBy(this::list).withMessageContaining("[bird]");
    }

    @ParameterizedTest
    @CsvSource({"train, val", "Training, Testing", "TRAIN, Valid", "training, validation", "Train, test", "train, VAL"})
    void splitsAreKnownByTheirUsualNamesInAnyCase(String train, String heldOut) throws IOException {
        images(train + "/dog", 3);
        images(train + "/cat", 3);
        images(heldOut + "/cat", 2);
        LabelledFolders folders = list();
        assertThat(folders.labels()).containsExactly("cat", "dog");
        assertThat(folders.train()).hasSize(6);
        assertThat(folders.heldOut()).hasSize(2);
        assertThat(folders.notices()).anySatisfy(notice -> assertThat(notice).contains(train, heldOut));
    }

    @Test
    void valIsPreferredToTestWhichIsNamed() throws IOException {
        images("train/dog", 3);
        images("train/cat", 3);
        images("val/cat", 2);
        images("test/dog", 1);
        assertThat(list().heldOut()).extracting(LabelledFile::classIndex).containsExactly(0, 0);
        assertThat(list().notices()).anySatisfy(notice -> assertThat(notice).contains("ignored", "test"));
    }

    @Test
    void twoSplitsOfOnePurposeAreRefused() throws IOException {
        images("train/dog", 3);
        images("train/cat", 3);
        images("val/cat", 2);
        images("valid/cat", 2);
        assertThatIOException()
                .isThrownBy(this::list)
                .withMessageContaining("[val, valid], which have the same purpose");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "Testing"})
    void oneSplitAloneIsNotEnough(String name) throws IOException {
        images(name + "/dog", 3);
        images(name + "/cat", 3);
        assertThatIOException()
                .isThrownBy(this::list)
                .withMessageContaining("[" + name + "]")
                .withMessageContaining("one of train, training and one of val, valid");
    }

    @Test
    void aClassMayBeNamedLikeASplit() throws IOException {
        images("train", 4);
        images("bus", 4);
        assertThat(list().labels()).containsExactly("bus", "train");
    }

    @Test
    void skippedFilesAreCounted() throws IOException {
        images("dog", 4);
        images("cat", 4);
        Files.writeString(folder.resolve("cat").resolve("a.txt"), "x");
        Files.writeString(folder.resolve("dog").resolve("b.TXT"), "x");
        Files.writeString(folder.resolve("dog").resolve("README"), "x");
        Files.write(folder.resolve("loose.png"), new byte[1]);
        assertThat(list().notices())
                .containsExactly(
                        "images directly in " + folder + " are ignored, because they are in no class folder: 1",
                        "ignored, because their names are not those of images: 3 files (.txt 2, without extension 1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jfif", "JPE", "tif", "tiff", "heic", "HEIF", "avif", "jxl"})
    void imagesOfEveryEndingAreTaken(String ending) throws IOException {
        images("dog", 4);
        images("cat", 4);
        Files.write(folder.resolve("cat").resolve("x." + ending), new byte[1]);
        assertThat(list().train().size() + list().heldOut().size()).isEqualTo(9);
    }

    @Test
    void oneClassIsNotEnough() throws IOException {
        images("dog", 8);
        assertThatIOException().isThrownBy(this::list).withMessageContaining("has 1 classes, 6 images");
    }

    @Test
    void filesThatAreNoImagesAreSkipped() throws IOException {
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
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(2, 2, 2));
        LabelledImages images =
                LabelledFolders.decode(list().train(), preprocessor, 2).images();
        assertThat(images.classes()).containsExactly(0, 0, 0, 1, 1, 1);
        assertThat(images.pixels()).allSatisfy(pixels -> assertThat(pixels).hasSize(12));
    }

    @Test
    void allBrokenFilesAreNamed() throws IOException {
        Path broken = Files.write(folder.resolve("x.png"), new byte[] {1, 2, 3});
        Path missing = folder.resolve("y.png");
        images("dog", 1);
        Path whole = folder.resolve("dog").resolve("0.png");
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(2, 2, 2));
        LabelledFolders.Decoded decoded = LabelledFolders.decode(
                List.of(new LabelledFile(broken, 0), new LabelledFile(missing, 0), new LabelledFile(whole, 1)),
                preprocessor,
                2);
        assertThat(decoded.images().classes()).containsExactly(1);
        assertThat(decoded.broken()).hasSize(2);
        assertThat(decoded.broken().get(0)).startsWith(broken + ": it is of no known kind: it begins with 01 02 03");
        assertThat(decoded.broken().get(1)).startsWith(missing + ": ");
    }
}
