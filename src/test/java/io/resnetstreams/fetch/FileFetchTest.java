package io.resnetstreams.fetch;

import static io.resnetstreams.fetch.TestSettings.reference;
import static io.resnetstreams.fetch.TestSettings.rejection;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.RejectedEventException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetches from folders; what must not be read is in {@link HostileReferencesTest}. */
class FileFetchTest {
    private static final byte[] IMAGE = "an image".getBytes(UTF_8);

    @TempDir
    private Path folder;

    private Path root;
    private ImageFetcher fetcher;

    @BeforeEach
    void start() throws Exception {
        root = Files.createDirectory(folder.resolve("root"));
        open(root + ", " + folder.resolve("other"));
    }

    private void open(String roots) {
        fetcher = new ImageFetcher(
                TestSettings.NONE.withRoots(roots).withRetries(1, "wait").settings(), 1_000, FetchMetrics.NONE);
    }

    @AfterEach
    void stop() {
        fetcher.close();
    }

    private void assertFetched(String uri) throws Exception {
        try (FetchedImage image = fetcher.fetch(reference(uri)).get(30, TimeUnit.SECONDS)) {
            assertThat(image.bytes()).isEqualTo(IMAGE);
        }
    }

    @Test
    void aFileBelowARootIsFetched() throws Exception {
        for (String name : List.of("a.png", "a b.png", "a+b.png", "a%b.png", "a?b#c.png")) {
            Files.write(root.resolve(name), IMAGE);
        }
        for (String path :
                List.of("a.png", "a b.png", "a%20b.png", "a+b.png", "a%25b.png", "a%3Fb%23c.png", "./x/../a.png")) {
            assertFetched("file://" + root + "/" + path);
        }
        assertFetched("FILE:" + root + "/a.png");
    }

    @Test
    void aLinkWithinTheRootsIsFollowed() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.write(other.resolve("a.png"), IMAGE);
        Files.createSymbolicLink(root.resolve("b.png"), other.resolve("a.png"));
        assertFetched("file://" + root + "/b.png");
    }

    @Test
    void aRootMayBeALink() throws Exception {
        Files.write(root.resolve("a.png"), IMAGE);
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        fetcher.close();
        open(link.toString());
        assertFetched("file://" + link + "/a.png");
    }

    @Test
    void sizeAndDigestAreCompared() throws Exception {
        Files.write(root.resolve("a.png"), IMAGE);
        String uri = "file://" + root + "/a.png";
        assertThat(rejection(fetcher.fetch(new ImageReference(uri, null, 9))))
                .hasMessage(uri + ": it has 8; the event states 9");
        assertThat(rejection(fetcher.fetch(new ImageReference(uri, "00", 8))).code())
                .isEqualTo("digest_differs");
    }

    /** As after an unmounted volume. */
    @Test
    void aMissingRootIsAnOutage() throws Exception {
        Path other = folder.resolve("other");
        CompletableFuture<FetchedImage> fetch = fetcher.fetch(reference("file://" + other + "/a.png"));
        await().until(() -> fetcher.outage().isPresent());
        assertThat(fetcher.outage().orElseThrow())
                .matches(
                        "file://.*/other is unavailable for \\d+ s: the folder .*/other of references.file.roots is missing");
        Path prepared = Files.createDirectory(folder.resolve("prepared"));
        Files.write(prepared.resolve("a.png"), IMAGE);
        Files.move(prepared, other);
        fetch.get(30, TimeUnit.SECONDS).close();
    }

    @Test
    void aMissingFileIsADeadLetterAtOnce() throws Exception {
        assertThat(rejection(fetcher.fetch(reference("file://" + root + "/a.png"))))
                .hasMessage("file://" + root + "/a.png: there is no such file")
                .extracting(RejectedEventException::code)
                .isEqualTo("not_found");
    }
}
