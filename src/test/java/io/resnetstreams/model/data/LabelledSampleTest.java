package io.resnetstreams.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelledSampleTest {
    @TempDir
    private Path folder;

    private LabelledSample read(String list) throws IOException {
        Files.writeString(folder.resolve("labels.tsv"), list);
        return LabelledSample.read(folder, folder.resolve(LabelledSample.LABELS_FILE), null);
    }

    @Test
    void filesAreListedInTheirOrderWithTheirClasses() throws IOException {
        LabelledSample sample = read("b.png\t3\na.png\t0\n");
        assertThat(sample.files()).containsExactly(folder.resolve("b.png"), folder.resolve("a.png"));
        assertThat(sample.classesByFile())
                .containsEntry(folder.resolve("b.png").toString(), 3)
                .containsEntry(folder.resolve("a.png").toString(), 0);
    }

    @Test
    void commentsAndEmptyLinesAreSkipped() throws IOException {
        assertThat(read("# remark\n\na.png\t0\n").files()).hasSize(1);
    }

    @Test
    void aMissingListIsNamed() {
        assertThatIOException()
                .isThrownBy(() -> LabelledSample.read(folder, folder.resolve(LabelledSample.LABELS_FILE), null))
                .withMessageContaining(folder.resolve("labels.tsv").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.png\tcat", "a.png\t-1", "a.png 1"})
    void aMalformedLineIsNamedByItsNumber(String line) {
        assertThatIOException()
                .isThrownBy(() -> read("# remark\n" + line + "\n"))
                .withMessage(folder.resolve("labels.tsv") + ":2: '" + line
                        + "'; a file name, a tab and a class index are required");
    }
}
