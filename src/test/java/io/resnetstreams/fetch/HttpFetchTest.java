package io.resnetstreams.fetch;

import static io.resnetstreams.fetch.HostileServer.image;
import static io.resnetstreams.fetch.HostileServer.redirect;
import static io.resnetstreams.fetch.HostileServer.status;
import static io.resnetstreams.fetch.TestSettings.reference;
import static io.resnetstreams.fetch.TestSettings.rejection;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.fetch.HostileServer.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetches over HTTP from a server in this process. */
class HttpFetchTest {
    private static final byte[] IMAGE = "an image".getBytes(UTF_8);
    private static final String SHA256 = "a5df3fde7b200c3fa2791144c7e05c5c2bced4c6ad863d3a4cf76c972c1712f9";
    private static final int MOST_BYTES = 1_000;

    private final TestNetwork network = new TestNetwork().name("site.example.com", "127.0.0.2");
    private final RecordedFetches recorded = new RecordedFetches();
    private HostileServer site;
    private ImageFetcher fetcher;

    @BeforeEach
    void start() throws Exception {
        site = HostileServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        if (fetcher != null) {
            fetcher.close();
        }
        site.close();
    }

    private TestSettings settings() {
        return TestSettings.http("*.example.com:" + site.port());
    }

    private void open(TestSettings settings) throws Exception {
        HttpNetwork seen = network.network();
        fetcher = new ImageFetcher(settings.settings(), MOST_BYTES, recorded, () -> seen);
    }

    private String uri(String path) {
        return "http://site.example.com:" + site.port() + path;
    }

    private CompletableFuture<FetchedImage> fetch(String path) {
        return fetcher.fetch(reference(uri(path)));
    }

    private static FetchedImage get(CompletableFuture<FetchedImage> fetch) throws Exception {
        return fetch.get(30, TimeUnit.SECONDS);
    }

    private static Answer times(int count, Answer first, Answer then) {
        AtomicInteger requests = new AtomicInteger();
        return (request, out) -> (requests.getAndIncrement() < count ? first : then).write(request, out);
    }

    @Test
    void anImageIsFetchedWithItsDigest() throws Exception {
        site.on("/a.png", image(IMAGE));
        open(settings());
        try (FetchedImage image = get(fetch("/a.png?signature=x%2By#part"))) {
            assertThat(image.bytes()).isEqualTo(IMAGE);
            assertThat(image.sha256()).isEqualTo(SHA256);
            assertThat(fetcher.reservedBytes()).isEqualTo(1_024);
        }
        assertThat(fetcher.reservedBytes()).isZero();
        assertThat(site.requests().get(0).line()).isEqualTo("GET /a.png?signature=x%2By HTTP/1.1");
        assertThat(site.requests().get(0).headers()).containsEntry("host", "site.example.com:" + site.port());
        await().untilAsserted(() ->
                assertThat(recorded.events()).containsExactly("begun", "fetched http " + IMAGE.length, "ended"));
    }

    @Test
    void aConnectionIsUsedAgain() throws Exception {
        site.on("/a.png", image(IMAGE)).on("/b.png", redirect("/a.png"));
        open(settings());
        for (int i = 0; i < 5; i++) {
            get(fetch("/a.png")).close();
            get(fetch("/b.png")).close();
            assertThat(rejection(fetch("/missing.png")).code()).isEqualTo("not_found");
        }
        assertThat(site.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsFollowed(int status) throws Exception {
        site.on("/old/a.png", status(status, "Location: ../new/a.png?x=1#y"))
                .on("/new/a.png", status(status, "Location: ?x=2"));
        open(settings());
        rejection(fetch("/old/a.png"));
        assertThat(site.requests())
                .extracting(HostileServer.Request::path)
                .startsWith("/old/a.png", "/new/a.png?x=1", "/new/a.png?x=2");
    }

    @ParameterizedTest
    @CsvSource({
        "401, forbidden",
        "403, forbidden",
        "404, not_found",
        "410, not_found",
        "400, http_status",
        "206, http_status",
        "418, http_status"
    })
    void aStatusThatStaysIsADeadLetterAtOnce(int status, String code) throws Exception {
        site.on("/a.png", status(status));
        open(settings().withRetries(60_000, "wait"));
        RejectedEventException rejection = rejection(fetch("/a.png?signature=geheim"));
        assertThat(rejection.code()).isEqualTo(code);
        assertThat(rejection).hasMessage(uri("/a.png") + ": the server answered " + status);
        await().untilAsserted(() -> assertThat(recorded.events()).containsExactly("begun", "failed " + code, "ended"));
    }

    @ParameterizedTest
    @CsvSource({"500, server_error", "503, server_error", "408, server_error", "429, throttled"})
    void aStatusThatMayPassIsRetried(int status, String code) throws Exception {
        site.on("/a.png", times(2, status(status), image(IMAGE)));
        open(settings().withRetries(60_000, "deadLetter"));
        get(fetch("/a.png")).close();
        assertThat(recorded.count("failed " + code)).isEqualTo(2);
        assertThat(recorded.count("retried http")).isEqualTo(2);
        assertThat(fetcher.outage()).isEmpty();
    }

    @Test
    void aTruncatedBodyIsFetchedAgain() throws Exception {
        site.on("/a.png", times(1, HostileServer.raw("HTTP/1.1 200 X\r\nContent-Length: 8\r\n\r\nan"), image(IMAGE)));
        open(settings().withRetries(60_000, "deadLetter"));
        get(fetch("/a.png")).close();
        assertThat(recorded.count("failed truncated")).isEqualTo(1);
        assertThat(fetcher.reservedBytes()).isZero();
    }

    @Test
    void whatStaysUnavailableIsADeadLetterWithoutTheQuery() throws Exception {
        site.on("/a.png", status(503));
        open(settings().withRetries(250, "deadLetter"));
        RejectedEventException rejection = rejection(fetch("/a.png?signature=geheim"));
        assertThat(rejection.code()).isEqualTo("unavailable");
        assertThat(rejection.getMessage())
                .startsWith(uri("/a.png") + ": the server answered 503; ")
                .contains(" attempts in ", "references.retryMillis is 250")
                .doesNotContain("geheim");
        assertThat(site.requests()).hasSizeBetween(2, 4);
    }

    @Test
    void sizeAndDigestOfTheEventAreCompared() throws Exception {
        site.on("/a.png", image(IMAGE)).on("/chunked.png", (request, out) -> {
            HostileServer.raw(out, "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nan image\r\n0\r\n\r\n");
            return true;
        });
        open(settings());
        for (String path : List.of("/a.png", "/chunked.png")) {
            get(fetcher.fetch(new ImageReference(uri(path), SHA256, IMAGE.length)))
                    .close();
            assertThat(rejection(fetcher.fetch(new ImageReference(uri(path), null, 7))))
                    .hasMessageContaining("the event states 7")
                    .extracting(RejectedEventException::code)
                    .isEqualTo("size_differs");
            assertThat(rejection(fetcher.fetch(new ImageReference(uri(path), null, 9)))
                            .code())
                    .isEqualTo("size_differs");
            assertThat(rejection(fetcher.fetch(new ImageReference(uri(path), SHA256.replace('a', 'b'), 8))))
                    .hasMessageContainingAll("the SHA-256 is " + SHA256, "the event states b5df")
                    .extracting(RejectedEventException::code)
                    .isEqualTo("digest_differs");
        }
        assertThat(fetcher.reservedBytes()).isZero();
    }

    @Test
    void anImageThatTheEventCallsTooLargeIsNotRequested() throws Exception {
        open(settings());
        assertThat(rejection(fetcher.fetch(new ImageReference(uri("/a.png"), null, MOST_BYTES + 1))))
                .hasMessage(uri("/a.png") + ": the event states 1001 bytes; limits.maxImageBytes allows 1000");
        assertThat(site.connections()).isZero();
    }

    /** Answers when the latch is open. */
    private static Answer after(CountDownLatch latch, Answer answer) {
        return (request, out) -> {
            latch.await();
            return answer.write(request, out);
        };
    }

    @Test
    void cancellingAbortsTheTransferAndFreesItsPlace() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        site.on("/a.png", image(IMAGE))
                .on("/headers.png", after(never, image(IMAGE)))
                .on("/body.png", (request, out) -> {
                    HostileServer.raw(out, "HTTP/1.1 200 X\r\nContent-Length: 8\r\n\r\nan");
                    begun.countDown();
                    never.await();
                    return false;
                });
        open(settings().withConcurrency(1));
        CompletableFuture<FetchedImage> headers = fetch("/headers.png");
        CompletableFuture<FetchedImage> queued = fetch("/a.png");
        await().until(() -> site.requests().size() == 1);
        queued.cancel(false);
        headers.cancel(false);
        CompletableFuture<FetchedImage> body = fetch("/body.png");
        begun.await();
        await().until(() -> fetcher.reservedBytes() > 0);
        body.cancel(false);
        get(fetch("/a.png")).close();
        assertThat(fetcher.reservedBytes()).isZero();
        await().untilAsserted(() -> assertThat(recorded.count("ended")).isEqualTo(4));
        assertThat(recorded.events()).noneMatch(event -> event.startsWith("failed"));
        assertThat(site.requests()).hasSize(3);
    }

    @Test
    void cancellingAPauseEndsIt() throws Exception {
        site.on("/a.png", status(503));
        open(settings().withRetries(60_000, "wait"));
        CompletableFuture<FetchedImage> fetch = fetch("/a.png");
        await().until(() -> fetcher.outage().isPresent());
        assertThat(fetcher.outage().orElseThrow())
                .matches("http://site\\.example\\.com:\\d+ is unavailable for \\d+ s: the server answered 503");
        fetch.cancel(false);
        assertThat(fetcher.outage()).isEmpty();
    }

    @Test
    void closingFailsWhatIsInFlight() throws Exception {
        site.on("/a.png", (request, out) -> {
            HostileServer.raw(out, "HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n");
            while (true) {
                HostileServer.raw(out, "x");
                TimeUnit.MILLISECONDS.sleep(100);
            }
        });
        open(settings().withConcurrency(1));
        List<CompletableFuture<FetchedImage>> fetches = List.of(fetch("/a.png"), fetch("/a.png"));
        await().until(() -> site.requests().size() == 1);
        fetcher.close();
        fetches.forEach(fetch -> assertThatThrownBy(() -> get(fetch))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the image fetcher is closed"));
        assertThatThrownBy(() -> get(fetch("/a.png"))).hasCauseInstanceOf(IllegalStateException.class);
        await().until(() -> site.openConnections() == 0);
    }

    @Test
    void aSlowObjectDelaysNoOther() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        site.on("/slow.png", after(latch, image(IMAGE))).on("/a.png", image(IMAGE));
        open(settings().withConcurrency(2));
        CompletableFuture<FetchedImage> slow = fetch("/slow.png");
        for (int i = 0; i < 50; i++) {
            get(fetch("/a.png")).close();
        }
        assertThat(slow).isNotDone();
        latch.countDown();
        get(slow).close();
    }

    @Test
    void aFetchThatPausesTakesNoPlace() throws Exception {
        site.on("/down.png", status(503)).on("/a.png", image(IMAGE));
        open(settings().withConcurrency(1).withRetries(60_000, "deadLetter"));
        List<CompletableFuture<FetchedImage>> paused = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            paused.add(fetch("/down.png"));
        }
        get(fetch("/a.png")).close();
        assertThat(paused).allSatisfy(fetch -> assertThat(fetch).isNotDone());
    }

    @Test
    void attemptsAreMadeInTheOrderOfTheCalls() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        site.on("/0", after(latch, image(IMAGE)));
        open(settings().withConcurrency(1));
        List<CompletableFuture<FetchedImage>> fetches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            fetches.add(fetch("/" + i));
        }
        latch.countDown();
        rejection(fetches.get(19));
        assertThat(site.requests())
                .extracting(HostileServer.Request::path)
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "/" + i).toList());
    }

    @Test
    void withWaitAFetchOutlastsAnOutage() throws Exception {
        int port = site.port();
        open(settings().withRetries(1, "wait"));
        rejection(fetch("/missing.png"));
        site.close();
        CompletableFuture<FetchedImage> fetch = fetch("/a.png");
        await().until(() -> fetcher.outage().isPresent());
        assertThat(fetcher.outage().orElseThrow())
                .startsWith("http://site.example.com:" + port + " is unavailable for ")
                .contains("Connection refused");
        await().until(() -> recorded.count("retried http") > 2);
        site = new HostileServer(TestNetwork.PUBLIC, port, null).on("/a.png", image(IMAGE));
        get(fetch).close();
        assertThat(fetcher.outage()).isEmpty();
    }

    @Test
    void withWaitAnObjectThatFailsAloneBecomesADeadLetter() throws Exception {
        site.on("/broken.png", status(500)).on("/a.png", image(IMAGE));
        open(settings().withRetries(1, "wait"));
        CompletableFuture<FetchedImage> broken = fetch("/broken.png");
        await().until(() -> recorded.count("retried http") > 1);
        assertThat(broken).isNotDone();
        get(fetch("/a.png")).close();
        assertThat(rejection(broken).code()).isEqualTo("unavailable");
    }

    @Test
    void withWaitAHostThatNeverAnsweredBecomesADeadLetterUnlessItIsNamed() throws Exception {
        int port = site.port();
        site.close();
        open(settings().withRetries(1, "wait"));
        assertThat(rejection(fetch("/a.png"))).hasMessageContaining("Connection refused");
        fetcher.close();
        open(TestSettings.http("site.example.com:" + port).withRetries(1, "wait"));
        CompletableFuture<FetchedImage> named = fetch("/a.png");
        await().until(() -> recorded.count("retried http") > 3);
        assertThat(named).isNotDone();
    }

    @Test
    void withWaitAnUnknownHostBecomesADeadLetterWhileOthersAreKnown() throws Exception {
        site.on("/a.png", image(IMAGE));
        open(settings().withRetries(1, "wait"));
        CompletableFuture<FetchedImage> unknown =
                fetcher.fetch(reference("http://unknown.example.com:" + site.port() + "/a.png"));
        await().until(() -> recorded.count("failed dns") > 1);
        assertThat(fetcher.outage().orElseThrow())
                .startsWith("name resolution is unavailable for ")
                .contains("unknown.example.com");
        get(fetch("/a.png")).close();
        assertThat(rejection(unknown)).hasMessageContaining("unknown host unknown.example.com");
    }

    @Test
    void aTimeoutIsTemporary() throws Exception {
        site.on("/a.png", times(1, after(new CountDownLatch(1), image(IMAGE)), image(IMAGE)));
        open(settings().withTimeouts(100, 5_000).withRetries(60_000, "deadLetter"));
        get(fetch("/a.png")).close();
        assertThat(recorded.count("failed timeout")).isEqualTo(1);
    }

    @Test
    void aNamedHostMayHaveAPrivateAddress() throws Exception {
        try (HostileServer inside = new HostileServer(TestNetwork.address("127.0.0.3"), 0, null)) {
            int port = inside.on("/a.png", image(IMAGE)).port();
            network.name("inside.example.com", "127.0.0.3").name("cloud.example.com", "169.254.169.254");
            open(settings()
                    .with(new FetchSettings.Http(
                            "*:" + port + ",*:" + site.port(),
                            "inside.example.com:" + port + ", 127.0.0.3:" + port + ", cloud.example.com:" + port)));
            for (String host :
                    List.of("inside.example.com", "INSIDE.example.com.", "127.0.0.3", "[::ffff:127.0.0.3]")) {
                get(fetcher.fetch(reference("http://" + host + ":" + port + "/a.png")))
                        .close();
            }
            assertThat(rejection(fetcher.fetch(reference("http://inside.example.com:" + site.port() + "/")))
                            .code())
                    .isEqualTo("address_not_allowed");
            assertThat(rejection(fetcher.fetch(reference("http://cloud.example.com:" + port + "/"))))
                    .hasMessageContaining("cloud.example.com has the address 169.254.169.254, which may be a cloud's");
            assertThat(rejection(fetcher.fetch(reference("http://inside.example.com/")))
                            .code())
                    .isEqualTo("host_not_allowed");
        }
    }

    @Test
    void aHostOrPortThatIsNotListedIsNotResolved() throws Exception {
        open(settings());
        for (String uri : List.of(
                "http://example.com:" + site.port() + "/",
                "http://site.example.com.evil.com:" + site.port() + "/",
                "http://evilexample.com:" + site.port() + "/",
                "http://site.example.com/",
                "https://site.example.com:1/")) {
            assertThat(rejection(fetcher.fetch(reference(uri))))
                    .hasMessageContaining("references.http.hosts allows '*.example.com:" + site.port() + "'")
                    .extracting(RejectedEventException::code)
                    .isEqualTo("host_not_allowed");
        }
        assertThat(network.lookups("site.example.com")).isZero();
    }

    @Test
    void aSchemeThatIsNotEnabledIsNamedWithItsKey() throws Exception {
        open(TestSettings.NONE);
        assertThat(rejection(fetcher.fetch(reference("S3://photos/a.png?versionId=geheim"))))
                .hasMessage("S3://photos/a.png: 's3' is not enabled; set references.s3.buckets");
        assertThat(rejection(fetch("/a.png"))).hasMessageContaining("set references.http.hosts");
        assertThat(rejection(fetcher.fetch(reference("file:///a")))).hasMessageContaining("set references.file.roots");
        assertThat(rejection(fetcher.fetch(reference("ftp://a/b"))))
                .hasMessageContaining("allowed are s3, https, http and file");
        assertThat(recorded.count("failed scheme_not_allowed")).isEqualTo(4);
    }

    @Test
    void certificatesAndHostNamesAreVerified() throws Exception {
        HeldCertificate authority =
                new HeldCertificate.Builder().certificateAuthority(0).build();
        HandshakeCertificates server = new HandshakeCertificates.Builder()
                .heldCertificate(new HeldCertificate.Builder()
                        .addSubjectAlternativeName("tls.example.com")
                        .signedBy(authority)
                        .build())
                .build();
        HandshakeCertificates client = new HandshakeCertificates.Builder()
                .addTrustedCertificate(authority.certificate())
                .build();
        CountDownLatch never = new CountDownLatch(1);
        network.name("tls.example.com", "127.0.0.2").name("other.example.com", "127.0.0.2");
        try (HostileServer tls = new HostileServer(InetAddress.getByName("127.0.0.2"), 0, server.sslContext())) {
            tls.on("/a.png", image(IMAGE))
                    .on("/down", redirect(uri("/a.png")))
                    .on("/stall", after(never, image(IMAGE)));
            site.on("/up", redirect("https://tls.example.com:" + tls.port() + "/a.png"));
            String base = "https://tls.example.com:" + tls.port();
            TestSettings settings = TestSettings.http("*.example.com:" + tls.port() + ",*.example.com:" + site.port())
                    .withConcurrency(1);
            HttpNetwork trusting = network.network(client.sslContext());
            fetcher = new ImageFetcher(settings.settings(), MOST_BYTES, recorded, () -> trusting);
            get(fetcher.fetch(reference(base + "/a.png"))).close();
            get(fetch("/up")).close();
            assertThat(rejection(fetcher.fetch(reference(base + "/down"))))
                    .hasMessageContaining("redirects to " + uri("/a.png") + "; allowed is https")
                    .extracting(RejectedEventException::code)
                    .isEqualTo("scheme_not_allowed");
            assertThat(rejection(fetcher.fetch(reference("https://other.example.com:" + tls.port() + "/a.png")))
                            .code())
                    .isEqualTo("tls");
            CompletableFuture<FetchedImage> stalled = fetcher.fetch(reference(base + "/stall"));
            await().until(() ->
                    tls.requests().stream().anyMatch(request -> request.path().equals("/stall")));
            stalled.cancel(false);
            get(fetcher.fetch(reference(base + "/a.png"))).close();
            fetcher.close();
            open(settings);
            assertThat(rejection(fetcher.fetch(reference(base + "/a.png?signature=geheim"))))
                    .hasMessageContaining("TLS failed")
                    .extracting(RejectedEventException::code)
                    .isEqualTo("tls");
        }
    }
}
