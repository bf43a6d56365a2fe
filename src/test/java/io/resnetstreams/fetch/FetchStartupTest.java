package io.resnetstreams.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** An instance whose events contain their images must not pay for references. */
class FetchStartupTest {
    /** The class path of the process has no library, so it fails if it needs a class of one. */
    @Test
    void withoutASchemeNoClientIsLoadedAndNoThreadStarted() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Path.of("target", "classes") + File.pathSeparator + Path.of("target", "test-classes"),
                        Main.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines()).containsExactly("scheme_not_allowed, threads: 0");
    }

    /** Creates a fetcher, and prints how many threads it has after a fetch. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            try (ImageFetcher fetcher = new ImageFetcher(TestSettings.NONE.settings(), 1_000, FetchMetrics.NONE)) {
                String code = TestSettings.rejection(fetcher.fetch(TestSettings.reference("s3://photos/a.png")))
                        .code();
                long threads = Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("fetch"))
                        .count();
                System.out.println(code + ", threads: " + threads);
            }
        }
    }
}
