package io.resnetstreams.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.demo.EventSource.SourceEvent;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventSourceTest {
    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, new byte[] {1, 2});
    }

    private Path idx(int images) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16 + images * 6);
        bytes.putInt(0x0803).putInt(images).putInt(2).putInt(3);
        for (int i = 0; i < images * 6; i++) {
            bytes.put((byte) i);
        }
        return Files.write(folder.resolve("t10k-images-idx3-ubyte"), bytes.array());
    }

    private static List<SourceEvent> events(Path... paths) {
        List<SourceEvent> events = new ArrayList<>();
        EventSource.of(List.of(paths)).forEach(events::add);
        return events;
    }

    private static void assertRefused(Path path, String... fragments) {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> EventSource.of(List.of(path)))
                .withMessageContainingAll(fragments)
                .satisfies(mistake -> assertThat(mistake.exitCode()).isEqualTo(2));
    }

    @Test
    void aFilesIdIsItsPathAsGiven() throws IOException {
        Path file = file("cat.png");
        assertThat(events(file)).extracting(SourceEvent::id).containsExactly(file.toString());
    }

    @Test
    void aFileIsSentAsItIs() throws IOException {
        assertThat(events(file("cat.png")).get(0).image()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "a.jpg, image/jpeg",
        "a.JPEG, image/jpeg",
        "a.png, image/png",
        "a.gif, image/gif",
        "a.bmp, image/bmp",
        "a.webp, image/webp",
        "a.txt,"
    })
    void theNameTellsTheContentType(String name, String contentType) throws IOException {
        assertThat(events(file(name)).get(0).contentType()).isEqualTo(contentType);
    }

    @Test
    void aFolderIsWalkedInAFixedOrder() throws IOException {
        file("b/z.png");
        file("b/a.jpg");
        file("a.png");
        assertThat(events(folder))
                .extracting(event -> folder.relativize(Path.of(event.id())).toString())
                .containsExactly("a.png", "b/a.jpg", "b/z.png");
    }

    @Test
    void otherFilesOfAFolderAreSkippedAndCounted() throws IOException {
        file("a.png");
        file("labels.tsv");
        file("README");
        EventSource source = EventSource.of(List.of(folder));
        assertThat(source.size()).isEqualTo(1);
        assertThat(source.skippedFiles()).isEqualTo(2);
        assertThat(source.notice())
                .hasValueSatisfying(notice -> assertThat(notice).endsWith(": 2 files"));
    }

    @Test
    void aFileGivenByNameIsSentWhateverItsType() throws IOException {
        assertThat(events(file("labels.tsv"))).hasSize(1);
    }

    @Test
    void pathsKeepTheirOrder() throws IOException {
        Path b = file("b.png");
        Path a = file("a.png");
        assertThat(events(b, a)).extracting(SourceEvent::id).containsExactly(b.toString(), a.toString());
    }

    @Test
    void anIdxFileGivesOnePngForEachImage() throws IOException {
        List<SourceEvent> events = events(idx(2));
        assertThat(events)
                .extracting(SourceEvent::id)
                .containsExactly("t10k-images-idx3-ubyte#0", "t10k-images-idx3-ubyte#1");
        SourceEvent second = events.get(1);
        assertThat(second.contentType()).isEqualTo("image/png");
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(second.image()));
        assertThat(image.getWidth()).isEqualTo(3);
        assertThat(image.getHeight()).isEqualTo(2);
        assertThat(image.getRaster().getSample(2, 1, 0)).isEqualTo(11);
    }

    @Test
    void filesAreReadLazily() throws IOException {
        Path file = file("a.png");
        EventSource source = EventSource.of(List.of(file));
        Files.delete(file);
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> source.iterator().next())
                .withMessageStartingWith("cannot read " + file);
    }

    @Test
    void keptFilesAreReadAtOnce() throws IOException {
        Path file = file("a.png");
        EventSource kept = EventSource.of(List.of(file)).kept();
        Files.delete(file);
        assertThat(kept.iterator().next().image()).containsExactly(1, 2);
    }

    @Test
    void aMissingPathIsNamed() {
        assertRefused(folder.resolve("none"), folder.resolve("none") + ": there is no such file or folder");
    }

    @Test
    void aFolderWithoutImagesIsNamed() throws IOException {
        file("README");
        assertRefused(folder, "no image in [" + folder + "]", "gif", "heic", "jfif");
    }

    @Test
    void aBrokenIdxFileIsNamed() throws IOException {
        Path file = file("x-idx3-ubyte");
        assertRefused(file, file + ": ends before its header");
    }
}
