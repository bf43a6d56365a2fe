package io.resnetstreams.fetch;

import static io.resnetstreams.fetch.HostileServer.image;
import static io.resnetstreams.fetch.HostileServer.raw;
import static io.resnetstreams.fetch.TestSettings.reference;
import static io.resnetstreams.fetch.TestSettings.rejection;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.fetch.HostileServer.Answer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fetches from a real S3 server, and from one that answers as such servers do when something is wrong. */
class S3FetchTest {
    private static final byte[] IMAGE = "an image".getBytes(UTF_8);

    @TempDir
    private static Path folder;

    private static S3Server server;
    private final RecordedFetches recorded = new RecordedFetches();
    private HostileServer fake;
    private ImageFetcher fetcher;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start(folder);
        server.put("photos", "a.png", IMAGE);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void start() throws Exception {
        credentials(S3Server.SECRET_KEY);
        // Otherwise the SDK asks the metadata service of a cloud.
        System.setProperty("aws.disableEc2Metadata", "true");
        fake = HostileServer.start();
    }

    private static void credentials(String secret) {
        System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", secret);
    }

    @AfterEach
    void stop() throws Exception {
        for (String name : new String[] {"aws.accessKeyId", "aws.secretAccessKey", "aws.disableEc2Metadata"}) {
            System.clearProperty(name);
        }
        if (fetcher != null) {
            fetcher.close();
        }
        fake.close();
    }

    private void open(String endpoint, TestSettings settings) {
        fetcher = new ImageFetcher(
                settings.with(new FetchSettings.S3("photos,missing-*", endpoint, "us-east-1", true))
                        .settings(),
                1_000,
                recorded);
    }

    private void openFake(String path, Answer answer, TestSettings settings) {
        fake.on(path, answer);
        open("http://127.0.0.2:" + fake.port(), settings);
    }

    private CompletableFuture<FetchedImage> fetch(String uri) {
        return fetcher.fetch(reference(uri));
    }

    private void assertFetched(String uri) throws Exception {
        try (FetchedImage image = fetch(uri).get(30, TimeUnit.SECONDS)) {
            assertThat(image.bytes()).isEqualTo(IMAGE);
            assertThat(image.sha256()).isEqualTo("a5df3fde7b200c3fa2791144c7e05c5c2bced4c6ad863d3a4cf76c972c1712f9");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a b.png, a b.png",
        "a b.png, a%20b.png",
        "a+b.png, a+b.png",
        "a%b.png, a%25b.png",
        "a%20b.png, a%2520b.png",
        "a?b#c.png, a%3Fb%23c.png",
        "Größe/日本.png, Größe/日本.png",
        "Größe/日本.png, Gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC.png",
        "a&b=c;d@e:f.png, a&b=c;d@e:f.png",
        "(a)!'*~$.png, (a)!'*~$.png"
    })
    void aKeyIsPercentDecoded(String key, String path) throws Exception {
        server.put("photos", key, IMAGE);
        open(server.endpoint(), TestSettings.NONE);
        assertFetched("s3://photos/" + path);
    }

    @Test
    void whatIsMissingIsADeadLetterAtOnce() throws Exception {
        open(server.endpoint(), TestSettings.NONE.withRetries(60_000, "wait"));
        assertThat(rejection(fetch("s3://photos/missing.png?versionId=geheim")))
                .hasMessage("s3://photos/missing.png: S3 (NoSuchKey) answered 404")
                .extracting(RejectedEventException::code)
                .isEqualTo("not_found");
        assertThat(rejection(fetch("s3://missing-bucket/a.png")))
                .hasMessage("s3://missing-bucket/a.png: S3 (NoSuchBucket) answered 404");
    }

    @Test
    void wrongCredentialsAreAnOutage() throws Exception {
        credentials("wrong");
        open(server.endpoint(), TestSettings.NONE.withRetries(1, "wait"));
        CompletableFuture<FetchedImage> fetch = fetch("s3://photos/a.png");
        await().until(() -> recorded.count("failed credentials") > 1);
        assertThat(fetcher.outage().orElseThrow())
                .matches("s3://photos is unavailable for \\d+ s: S3 \\(SignatureDoesNotMatch\\) answered 403");
        credentials(S3Server.SECRET_KEY);
        fetch.get(30, TimeUnit.SECONDS).close();
        assertThat(fetcher.outage()).isEmpty();
    }

    @Test
    void missingCredentialsAreAnOutage() throws Exception {
        assumeTrue(System.getenv("AWS_ACCESS_KEY_ID") == null && System.getenv("AWS_PROFILE") == null);
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        open(server.endpoint(), TestSettings.NONE.withRetries(1, "wait"));
        CompletableFuture<FetchedImage> fetch = fetch("s3://photos/a.png");
        await().until(() -> fetcher.outage().isPresent());
        assertThat(fetcher.outage().orElseThrow())
                .contains("there are no credentials for S3; the AWS SDK looks for AWS_ACCESS_KEY_ID");
        credentials(S3Server.SECRET_KEY);
        fetch.get(30, TimeUnit.SECONDS).close();
    }

    @Test
    void aFetchOutlastsARestartOfTheServer() throws Exception {
        open(server.endpoint(), TestSettings.NONE.withRetries(1, "wait"));
        assertFetched("s3://photos/a.png");
        server.kill();
        CompletableFuture<FetchedImage> fetch = fetch("s3://photos/a.png");
        await().until(() -> recorded.count("failed connection") > 1);
        assertThat(fetcher.outage().orElseThrow())
                .startsWith("s3://photos is unavailable for ")
                .contains("refused");
        server.start();
        fetch.get(30, TimeUnit.SECONDS).close();
    }

    private static Answer error(int status, String code) {
        String body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>m</Message></Error>";
        return raw("HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static Answer once(Answer first, Answer then) {
        AtomicInteger requests = new AtomicInteger();
        return (request, out) -> (requests.getAndIncrement() == 0 ? first : then).write(request, out);
    }

    @ParameterizedTest
    @CsvSource({
        "503, SlowDown, throttled",
        "429, TooManyRequests, throttled",
        "500, InternalError, server_error",
        "400, RequestTimeout, timeout",
        "400, ExpiredToken, credentials",
        "403, InvalidAccessKeyId, credentials",
        "403, RequestTimeTooSkewed, credentials",
        "301, PermanentRedirect, region",
        "400, AuthorizationHeaderMalformed, region"
    })
    void aFailureThatMayPassIsRetried(int status, String error, String code) throws Exception {
        openFake(
                "/photos/a.png",
                once(error(status, error), image(IMAGE)),
                TestSettings.NONE.withRetries(60_000, "deadLetter"));
        assertFetched("s3://photos/a.png");
        assertThat(recorded.count("failed " + code)).isEqualTo(1);
        assertThat(fake.requests()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, forbidden",
        "403, InvalidObjectState, forbidden",
        "405, MethodNotAllowed, http_status",
        "400, InvalidArgument, http_status"
    })
    void aFailureThatStaysIsADeadLetterAtOnce(int status, String error, String code) throws Exception {
        openFake("/photos/a.png", error(status, error), TestSettings.NONE.withRetries(60_000, "wait"));
        assertThat(rejection(fetch("s3://photos/a.png")))
                .hasMessage("s3://photos/a.png: S3 (" + error + ") answered " + status)
                .extracting(RejectedEventException::code)
                .isEqualTo(code);
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void theVersionIsRequestedAndNothingThatCosts() throws Exception {
        openFake("/photos/a.png", image(IMAGE), TestSettings.NONE);
        assertFetched("s3://photos/a.png?versionId=3%2FL4kqtJl");
        assertThat(fake.requests().get(0).line()).isEqualTo("GET /photos/a.png?versionId=3%2FL4kqtJl HTTP/1.1");
        assertThat(fake.requests().get(0).headers())
                .containsKey("authorization")
                .doesNotContainKeys("x-amz-request-payer", "x-amz-checksum-mode", "x-amz-checksum-crc32");
    }

    /** The SDK encodes the second slash, so that nothing on the way takes both for one. */
    @Test
    void slashesOfAKeyAreKept() throws Exception {
        openFake("/photos/a/%2Fb.png", image(IMAGE), TestSettings.NONE);
        assertFetched("s3://photos/a//b.png");
    }

    @Test
    void aTruncatedBodyIsFetchedAgain() throws Exception {
        openFake(
                "/photos/a.png",
                once(raw("HTTP/1.1 200 X\r\nContent-Length: 8\r\n\r\nan"), image(IMAGE)),
                TestSettings.NONE.withRetries(60_000, "deadLetter"));
        assertFetched("s3://photos/a.png");
        assertThat(recorded.count("failed truncated")).isEqualTo(1);
    }

    @Test
    void anEncodedObjectIsRejected() throws Exception {
        openFake(
                "/photos/a.png",
                raw("HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"),
                TestSettings.NONE);
        fake.on(
                "/photos/b.png",
                raw("HTTP/1.1 200 X\r\nContent-Encoding: aws-chunked\r\nContent-Length: 8\r\n\r\nan image"));
        assertThat(rejection(fetch("s3://photos/a.png")))
                .hasMessage("s3://photos/a.png: the Content-Encoding is 'gzip'; allowed is identity");
        assertFetched("s3://photos/b.png");
    }

    @Test
    void anObjectThatIsTooLargeIsNotRead() throws Exception {
        openFake("/photos/a.png", raw("HTTP/1.1 200 X\r\nContent-Length: 1001\r\n\r\nx"), TestSettings.NONE);
        assertThat(rejection(fetch("s3://photos/a.png")))
                .hasMessage("s3://photos/a.png: it has 1001 bytes; limits.maxImageBytes allows 1000");
    }

    @Test
    void cancellingAbortsTheTransferAndFreesItsPlace() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        openFake(
                "/photos/headers.png",
                (request, out) -> {
                    never.await();
                    return false;
                },
                TestSettings.NONE.withConcurrency(1));
        fake.on("/photos/a.png", image(IMAGE)).on("/photos/body.png", (request, out) -> {
            HostileServer.raw(out, "HTTP/1.1 200 X\r\nContent-Length: 8\r\n\r\nan");
            never.await();
            return false;
        });
        CompletableFuture<FetchedImage> headers = fetch("s3://photos/headers.png");
        await().until(() -> fake.requests().size() == 1);
        headers.cancel(false);
        CompletableFuture<FetchedImage> body = fetch("s3://photos/body.png");
        await().until(() -> fetcher.reservedBytes() > 0);
        body.cancel(false);
        assertFetched("s3://photos/a.png");
        assertThat(fetcher.reservedBytes()).isZero();
    }

    @Test
    void aResponseThatIsTooSlowTimesOut() throws Exception {
        openFake(
                "/photos/a.png",
                once(
                        (request, out) -> {
                            HostileServer.raw(out, "HTTP/1.1 200 X\r\nContent-Length: 8\r\n\r\n");
                            TimeUnit.MINUTES.sleep(1);
                            return false;
                        },
                        image(IMAGE)),
                TestSettings.NONE.withTimeouts(60_000, 1_000).withRetries(60_000, "deadLetter"));
        assertFetched("s3://photos/a.png");
        assertThat(recorded.count("failed timeout")).isEqualTo(1);
    }
}
