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
            byte[] bytes = BoundedFile.bytes(file, MOST_BYTES);
            Optional<String> foreign = bytes.length == 0 ? Optional.empty() : ForeignFile.describe(bytes);
            if (foreign.isPresent()) {
                throw UserErrorException.usage("--synset " + file + ": is not a list of labels but " + foreign.get());
            }
            List<String> labels = BoundedFile.lines(bytes).stream()
                    .map(line -> line.substring(line.lastIndexOf('\t') + 1).strip())
                    .toList();
            if (labels.isEmpty() || labels.contains("")) {
                throw UserErrorException.usage(
                        "--synset " + file + ": one label a line is needed, and no empty line; line "
                                + (labels.indexOf("") + 1) + " has none");
            }
            return labels;
        } catch (IOException e) {
            throw UserErrorException.usage("--synset " + file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
