package io.resnetstreams.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.resnetstreams.model.TestIdx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledImagesTest {
    @TempDir
    private Path folder;

    @Test
    void greyBecomesEqualRedGreenAndBlue() throws IOException {
        TestIdx.writeTestSplit(folder, new int[] {7, 250}, new int[] {1, 0});
        LabelledImages images = LabelledImages.readIdx(folder, LabelledImages.TEST);
        assertThat(images.classes()).containsExactly(1, 0);
        assertThat(images.pixels().get(1)).hasSize(12).containsOnly(250);
    }

    @Test
    void aMissingSplitIsNamed() throws IOException {
        TestIdx.writeTestSplit(folder, new int[] {7}, new int[] {1});
        assertThatIOException()
                .isThrownBy(() -> LabelledImages.readIdx(folder, LabelledImages.TRAIN))
                .withMessage(folder + ": has no train-images-idx3-ubyte or train-images-idx3-ubyte.gz");
    }

    @Test
    void imagesAndLabelsMustBeOfEqualNumber() throws IOException {
        TestIdx.writeTestSplit(folder, new int[] {7, 8}, new int[] {1});
        assertThatIOException()
                .isThrownBy(() -> LabelledImages.readIdx(folder, LabelledImages.TEST))
                .withMessageContainingAll("has 2 images", "has 1 labels");
    }

    @Test
    void aFolderIsKnownByItsImages() throws IOException {
        assertThat(LabelledImages.isIdx(folder)).isFalse();
        Files.createFile(folder.resolve("train-images-idx3-ubyte.gz"));
        assertThat(LabelledImages.isIdx(folder)).isTrue();
    }
}
