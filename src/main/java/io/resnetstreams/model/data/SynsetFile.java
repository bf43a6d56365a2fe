package io.resnetstreams.model.data;

import io.resnetstreams.common.BoundedFile;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file of labels, one line per class; if a line has tab-separated columns, the last is the label. */
public final class SynsetFile {
    private static final int MOST_BYTES = 16_000_000;

    private SynsetFile() {}

    /** @throws UserErrorException if the file can't be read or is not a list of labels (exit code 2) */
    public static List<String> read(Path file) {
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw invalid(file, ": there is no such file");
        }
        try {
            Optional<String> foreign = Files.size(file) == 0 ? Optional.empty() : ForeignFile.describe(file);
            if (foreign.isPresent()) {
                throw invalid(file, ": is not a list of labels but " + foreign.get());
            }
            List<String> lines = BoundedFile.lines(file, MOST_BYTES);
            int count = lines.size();
            while (count > 0 && lines.get(count - 1).isBlank()) {
                count--;
            }
            if (count == 0) {
                throw invalid(file, ": is empty; must have one label per line");
            }
            String first = lines.get(0);
            if (first.startsWith("{")
                    || first.startsWith("[") && lines.get(count - 1).endsWith("]")) {
                throw invalid(file, ": is JSON; must have one label per line");
            }
            List<String> labels = lines.stream()
                    .limit(count)
                    .map(line -> line.substring(line.lastIndexOf('\t') + 1).strip())
                    .toList();
            if (labels.contains("")) {
                throw invalid(
                        file,
                        ": must have one label per line, without empty lines before or between them; line "
                                + (labels.indexOf("") + 1) + " has none");
            }
            return labels;
        } catch (IOException e) {
            throw UserErrorException.usage("--synset " + file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static UserErrorException invalid(Path file, String fault) {
        return UserErrorException.usage("--synset " + file + fault);
    }
}
