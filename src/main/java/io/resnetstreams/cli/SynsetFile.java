package io.resnetstreams.cli;

import io.resnetstreams.common.BoundedFile;
import io.resnetstreams.model.ForeignFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file of labels by class, one a line; of columns separated by tabs the last is the label. */
final class SynsetFile {
    private static final int MOST_BYTES = 16_000_000;

    private SynsetFile() {}

    /** Reads the labels; a mistake is one line and exit code 2. */
    static List<String> read(Path file) {
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw UserErrorException.usage("--synset " + file + ": there is no such file");
        }
        try {
            Optional<String> foreign = ForeignFile.describe(file);
            if (foreign.isPresent()) {
                throw UserErrorException.usage("--synset " + file + ": is not a list of labels but " + foreign.get());
            }
            String text = String.join("\n", BoundedFile.lines(file, MOST_BYTES)).stripTrailing();
            if (text.startsWith("{") || text.startsWith("[") && text.endsWith("]")) {
                throw UserErrorException.usage("--synset " + file + ": is JSON; one label a line is needed");
            }
            List<String> labels = text.lines()
                    .map(line -> line.substring(line.lastIndexOf('\t') + 1).strip())
                    .toList();
            if (labels.isEmpty()) {
                throw UserErrorException.usage("--synset " + file + ": has no labels; one a line is needed");
            }
            if (labels.contains("")) {
                throw UserErrorException.usage("--synset " + file
                        + ": one label a line is needed, and no empty line before or between them; line "
                        + (labels.indexOf("") + 1) + " has none");
            }
            return labels;
        } catch (IOException e) {
            throw UserErrorException.usage("--synset " + file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
