package io.resnetstreams.common;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The processor of this machine, as Linux describes it. Stateless. */
public final class Processor {
    private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** Returns the model's name, or {@code unknown}. */
    public static String name() {
        return line("model name").orElse("unknown");
    }

    /** Returns whether the processor has a feature by Linux's name, such as {@code avx512_bf16}; false if that is not known. */
    public static boolean hasFeature(String feature) {
        return line("flags")
                .map(flags -> List.of(flags.split(" ")).contains(feature))
                .orElse(false);
    }

    private static Optional<String> line(String key) {
        try (Stream<String> lines = Files.lines(DESCRIPTION)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
