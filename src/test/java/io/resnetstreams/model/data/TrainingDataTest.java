package io.resnetstreams.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.Png;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.DefaultLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {
    private static final int SIDE = 8;

    @TempDir
    private Path folder;

    private final List<String> notices = new ArrayList<>();

    private Path image(String name) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, Png.encodeRgb(new byte[3 * SIDE * SIDE], SIDE, SIDE));
    }

    private Path broken(String name) throws Exception {
        return Files.writeString(image(name), "no image at all");
    }

    private TrainingData read(boolean skipBroken) {
        return TrainingData.read(folder, SIDE, 0.1, 1, DefaultLimits.image(), skipBroken, notices::add);
    }

    private void whole() throws Exception {
        for (String name : List.of("Training/cat/1.png", "Training/dog/2.png", "Testing/cat/3.png")) {
            image(name);
        }
    }

    @Test
    void allFilesThatCannotBeDecodedAreNamedAtOnce() throws Exception {
        whole();
        Path first = broken("Training/cat/a.heic");
        Path second = broken("Training/dog/b.jfif");
        Path third = broken("Testing/dog/c.tif");
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> read(false))
                .withMessageStartingWith("3 image files of " + folder + " can't be decoded:")
                .withMessageContainingAll(first.toString(), second.toString(), third.toString(), "--skip-broken")
                .satisfies(mistake -> assertThat(mistake.exitCode()).isEqualTo(2));
    }

    @Test
    void skippedOnesAreNamedToo() throws Exception {
        whole();
        Path broken = broken("Training/cat/a.heic");
        TrainingData data = read(true);
        assertThat(data.train().size()).isEqualTo(2);
        assertThat(data.heldOut().size()).isEqualTo(1);
        assertThat(notices)
                .anySatisfy(notice ->
                        assertThat(notice).startsWith("skipped: 1 image files").contains(broken.toString()));
    }

    @Test
    void aClassOfBrokenImagesAloneIsRefusedAllTheSame() throws Exception {
        whole();
        broken("Training/bird/a.png");
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> read(true))
                .withMessageContaining("the class 'bird' has no image to train with");
    }
}
