package io.resnetstreams.image;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The result of libjpeg's {@code djpeg} for a JPEG, with all of its warnings. */
record Djpeg(int exitCode, List<String> warnings) {
    private static final String WARNING =
            "^(Corrupt JPEG data|Premature end|Warning|Invalid|Inconsistent|Unknown Adobe).*";
    private static final String DAMAGE =
            ".*(premature end of data|bad Huffman|bad arithmetic|instead of RST|Inconsistent).*";
    private static final String HARMLESS = ".*(extraneous bytes|JFIF revision|Invalid SOS parameters|Unknown Adobe).*";

    static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "djpeg")));
    }

    static void assumeInstalled() {
        if (!isInstalled()) {
            String reason = "skipped: djpeg is not installed (Debian: libjpeg-turbo-progs)";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
    }

    static Djpeg judge(byte[] file, Path folder) throws IOException, InterruptedException {
        Path input = Files.write(folder.resolve("input.jpg"), file);
        Process process = new ProcessBuilder(
                        "djpeg", "-verbose", "-verbose", "-verbose", "-outfile", "/dev/null", input.toString())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor(); // 2 if there were warnings
        return new Djpeg(
                exitCode, text.lines().filter(line -> line.matches(WARNING)).toList());
    }

    boolean isClean() {
        return exitCode == 0 && warnings.isEmpty();
    }

    /** Returns whether image data is missing or wrong. */
    boolean isDamaged() {
        return exitCode == 1 || warnings.stream().anyMatch(warning -> warning.matches(DAMAGE));
    }

    boolean isHarmless() {
        return exitCode == 2 && warnings.stream().allMatch(warning -> warning.matches(HARMLESS));
    }
}
