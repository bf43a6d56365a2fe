package io.resnetstreams.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The command-line reference matches the commands; {@code -Ddocs.write=true} writes it again. */
class CommandLinePagesTest {
    private static final String HOW = "'mvn -B test -Dtest=CommandLinePagesTest -Ddocs.write=true' writes it";

    private final Map<Path, String> pages = new CommandLinePages().pages();

    @Test
    void thePagesMatchTheCommands() throws IOException {
        if (Boolean.getBoolean("docs.write")) {
            for (Map.Entry<Path, String> page : pages.entrySet()) {
                Files.createDirectories(page.getKey().getParent());
                Files.writeString(page.getKey(), page.getValue());
            }
        }
        for (Map.Entry<Path, String> page : pages.entrySet()) {
            assertThat(page.getKey()).as(HOW).exists();
            assertThat(Files.readString(page.getKey()))
                    .as(page.getKey() + ": " + HOW)
                    .isEqualTo(page.getValue());
        }
    }

    @Test
    void thereAreNoOtherPages() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("docs", "cli"))) {
            List<Path> written = files.toList();
            assertThat(pages.keySet()).containsAll(written);
        }
    }

    @Test
    void everyCommandIsListed() {
        String index = pages.get(CommandLinePages.INDEX);
        assertThat(index).contains("`demo`", "`backfill diff`", "`model experiment degradation`", "`completion`");
        assertThat(index).doesNotContain("`backfill help`");
    }
}
