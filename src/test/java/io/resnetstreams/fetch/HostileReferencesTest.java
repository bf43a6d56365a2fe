package io.resnetstreams.fetch;

import static io.resnetstreams.fetch.HostileServer.image;
import static io.resnetstreams.fetch.HostileServer.raw;
import static io.resnetstreams.fetch.HostileServer.redirect;
import static io.resnetstreams.fetch.HostileServer.status;
import static io.resnetstreams.fetch.TestNetwork.address;
import static io.resnetstreams.fetch.TestSettings.reference;
import static io.resnetstreams.fetch.TestSettings.rejection;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * References that try to reach what they must not. The configuration allows every host by a glob, so only the check of
 * addresses is left. The forbidden servers listen on the loopback addresses, at the port of the allowed one, and are the S3
 * endpoint too.
 */
class HostileReferencesTest {
    private static final String SECRET = "geheim-31415";
    private static final int MOST_BYTES = 100_000;

    @TempDir
    private static Path folder;

    private static final List<HostileServer> FORBIDDEN = new ArrayList<>();
    private static final TestNetwork NETWORK = new TestNetwork();
    private static HostileServer site;
    private static ImageFetcher fetcher;

    @BeforeAll
    static void start() throws Exception {
        HostileServer loopback = new HostileServer(address("127.0.0.1"), 0, null);
        FORBIDDEN.add(loopback);
        FORBIDDEN.add(new HostileServer(address("::1"), loopback.port(), null));
        FORBIDDEN.forEach(server -> server.on("/", image(new byte[] {1})).on("/secret", image(new byte[] {1})));
        site = new HostileServer(TestNetwork.PUBLIC, loopback.port(), null);
        answers();
        files();
        NETWORK.name("site.example.com", "127.0.0.2")
                .name("localhost", "127.0.0.1", "::1")
                .name("inside.example.com", "10.0.0.7")
                .name("mixed.example.com", "127.0.0.2", "127.0.0.1")
                .name("mapped.example.com", "64:ff9b::7f00:1")
                .name("metadata.google.internal", "169.254.169.254");
        fetcher = new ImageFetcher(
                TestSettings.http("*,*:" + site.port())
                        .with(new FetchSettings.S3("photos", "http://127.0.0.1:" + loopback.port(), "us-east-1", true))
                        .withRoots(folder.resolve("photos").toString())
                        .withTimeouts(300, 600)
                        .settings(),
                MOST_BYTES,
                FetchMetrics.NONE,
                HostileReferencesTest::network);
    }

    private static HttpNetwork network() {
        try {
            return NETWORK.network();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answers() {
        String loopback = "http://127.0.0.1:" + site.port() + "/secret";
        site.on("/to-loopback", redirect(loopback))
                .on("/to-localhost", redirect("http://localhost:" + site.port() + "/secret"))
                .on("/to-ipv6", redirect("http://[::1]:" + site.port() + "/secret"))
                .on("/to-mapped", redirect("http://[::ffff:127.0.0.1]:" + site.port() + "/secret"))
                .on("/to-decimal", redirect("http://2130706433:" + site.port() + "/secret"))
                .on("/to-metadata", redirect("http://169.254.169.254/latest/meta-data/"))
                .on("/to-no-scheme", redirect("//127.0.0.1:" + site.port() + "/secret"))
                .on("/to-backslashes", redirect("\\\\127.0.0.1:" + site.port() + "\\secret"))
                .on("/to-spaces", redirect("/a b"))
                .on("/to-user", redirect("http://user:" + SECRET + "@site.example.com:" + site.port() + "/"))
                .on("/to-file", redirect("file:///etc/passwd"))
                .on("/to-s3", redirect("s3://photos/key"))
                .on("/to-gopher", redirect("gopher://127.0.0.1:" + site.port() + "/"))
                .on("/to-nothing", redirect(""))
                .on("/to-nowhere", status(302))
                .on("/loop", redirect("/loop"))
                .on("/loop-of-hosts", redirect("http://site.example.com:" + site.port() + "/loop-of-hosts?again"))
                .on("/twice", redirect("/to-loopback"))
                .on("/not-modified", status(304))
                .on("/no-content", raw("HTTP/1.1 204 X\r\n\r\n"))
                .on("/empty", raw("HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n"))
                .on("/empty-chunked", raw("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .on("/gzip", raw("HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u001f\u008b"))
                .on("/br", raw("HTTP/1.1 200 X\r\nContent-Encoding: identity, br\r\nContent-Length: 1\r\n\r\nx"))
                .on(
                        "/gzip-transfer",
                        raw("HTTP/1.1 200 X\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"))
                .on("/long", raw("HTTP/1.1 200 X\r\nContent-Length: 10000000000\r\n\r\nx"))
                .on("/negative", raw("HTTP/1.1 200 X\r\nContent-Length: -1\r\n\r\nx"))
                .on("/no-number", raw("HTTP/1.1 200 X\r\nContent-Length: 1e9\r\n\r\nx"))
                .on("/too-short", raw("HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nx"))
                .on("/cut-chunk", raw("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nx"))
                .on("/bad-chunk", raw("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx"))
                .on("/huge-header", raw("HTTP/1.1 200 X\r\nA: " + "a".repeat(100_000) + "\r\n\r\n"))
                .on("/many-headers", raw("HTTP/1.1 200 X\r\n" + "A: a\r\n".repeat(1_000) + "\r\n"))
                .on("/closed", (request, out) -> false)
                .on("/endless-chunks", HostileReferencesTest::endlessChunks)
                .on("/endless", HostileReferencesTest::endless)
                .on("/endless-100", HostileReferencesTest::endlessInterim)
                .on("/silent", HostileReferencesTest::silent)
                .on("/slow-headers", (request, out) -> slowly(out, "HTTP/1.1 200 X\r\nA: " + "a".repeat(10_000)))
                .on(
                        "/slow-body",
                        (request, out) ->
                                slowly(out, "HTTP/1.1 200 X\r\nContent-Length: 10000\r\n\r\n" + "x".repeat(10_000)));
    }

    private static boolean endlessChunks(HostileServer.Request request, OutputStream out) throws IOException {
        HostileServer.raw(out, "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n");
        while (true) {
            HostileServer.raw(out, "1000\r\n" + "x".repeat(0x1000) + "\r\n");
        }
    }

    private static boolean endless(HostileServer.Request request, OutputStream out) throws IOException {
        HostileServer.raw(out, "HTTP/1.1 200 X\r\n\r\n");
        while (true) {
            HostileServer.raw(out, "x".repeat(0x1000));
        }
    }

    private static boolean endlessInterim(HostileServer.Request request, OutputStream out) throws IOException {
        while (true) {
            HostileServer.raw(out, "HTTP/1.1 100 Continue\r\n\r\n");
        }
    }

    private static boolean silent(HostileServer.Request request, OutputStream out) throws InterruptedException {
        TimeUnit.MINUTES.sleep(1);
        return false;
    }

    /** A byte every 20 ms: no read times out. */
    private static boolean slowly(OutputStream out, String text) throws IOException, InterruptedException {
        for (char c : text.toCharArray()) {
            HostileServer.raw(out, String.valueOf(c));
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return false;
    }

    private static void files() throws Exception {
        Path root = Files.createDirectories(folder.resolve("photos/sub"));
        Files.writeString(folder.resolve("photos/image.png"), "x");
        Files.writeString(folder.resolve("secret.png"), "x");
        Files.createDirectories(folder.resolve("photos2"));
        Files.writeString(folder.resolve("photos2/secret.png"), "x");
        Files.createSymbolicLink(root.resolve("link.png"), folder.resolve("secret.png"));
        Files.createSymbolicLink(root.resolve("up"), folder);
        Files.createSymbolicLink(root.resolve("loop"), root.resolve("loop"));
        Files.createSymbolicLink(root.resolve("zero"), Path.of("/dev/zero"));
        Files.writeString(folder.resolve("photos/empty.png"), "");
        Files.write(folder.resolve("photos/large.png"), new byte[MOST_BYTES + 1]);
        assertThat(new ProcessBuilder("mkfifo", root.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
    }

    @AfterAll
    static void stop() throws Exception {
        fetcher.close();
        site.close();
        // JUnit warns of a link that leads out of its folder.
        Files.delete(folder.resolve("photos/sub/zero"));
        for (HostileServer server : FORBIDDEN) {
            server.close();
        }
    }

    /** A reference, in which PORT and FOLDER are replaced, and the code of its dead letter. */
    private record Case(String uri, String code) {
        String text() {
            return uri.replace("PORT", String.valueOf(site.port())).replace("FOLDER", folder.toString());
        }
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        add(
                cases,
                "address_not_allowed",
                "http://127.0.0.1:PORT/secret",
                "HTTP://127.0.0.1:PORT/secret",
                "http://127.0.0.1.:PORT/secret",
                "http://127.255.255.254:PORT/secret",
                "http://localhost:PORT/secret",
                "http://LOCALHOST.:PORT/secret",
                "http://[::1]:PORT/secret",
                "http://[0:0:0:0:0:0:0:1]:PORT/secret",
                "http://[::ffff:127.0.0.1]:PORT/secret",
                "http://[::FFFF:7f00:1]:PORT/secret",
                "http://[::127.0.0.1]:PORT/secret",
                "http://[64:ff9b::127.0.0.1]:PORT/secret",
                "http://[2002:7f00:1::]:PORT/secret",
                "http://0.0.0.0:PORT/secret",
                "http://[::]:PORT/secret",
                "http://10.0.0.1/",
                "http://172.16.0.1/",
                "http://192.168.0.1/",
                "http://100.64.0.1/",
                "http://198.18.0.1/",
                "http://192.0.2.1/",
                "http://255.255.255.255/",
                "http://224.0.0.1/",
                "http://240.0.0.1/",
                "http://169.254.1.1/",
                "http://[fe80::1]/",
                "http://[fc00::1]/",
                "http://[ff02::1]/",
                "https://127.0.0.1:PORT/secret",
                "http://169.254.169.254/latest/meta-data/",
                "http://[::ffff:169.254.169.254]/latest/meta-data/",
                "http://169.254.170.2/",
                "http://100.100.100.200/",
                "http://168.63.129.16/",
                "http://[fd00:ec2::254]/latest/meta-data/",
                "http://metadata.google.internal/computeMetadata/v1/",
                "http://inside.example.com:PORT/",
                "http://mixed.example.com:PORT/",
                "http://mapped.example.com:PORT/",
                "http://127.0.0.1:PORT#@site.example.com/",
                "http://127.0.0.1:PORT?@site.example.com/",
                "http://site.example.com:PORT/to-loopback",
                "http://site.example.com:PORT/to-localhost",
                "http://site.example.com:PORT/to-ipv6",
                "http://site.example.com:PORT/to-mapped",
                "http://site.example.com:PORT/to-metadata",
                "http://site.example.com:PORT/to-no-scheme",
                "http://site.example.com:PORT/twice");
        add(
                cases,
                "bad_uri",
                "http://127.1:PORT/secret",
                "http://2130706433:PORT/secret",
                "http://0x7f000001:PORT/secret",
                "http://0x7f.0.0.1:PORT/secret",
                "http://0x7F.1:PORT/secret",
                "http://0177.0.0.1:PORT/secret",
                "http://017700000001:PORT/secret",
                "http://127.0.0.01:PORT/secret",
                "http://127.0.0.0x1:PORT/secret",
                "http://256.0.0.1:PORT/secret",
                "http://0:PORT/secret",
                "http://１２７.0.0.1:PORT/secret",
                "http://127。0。0。1:PORT/secret",
                "http://①②⑦.0.0.1:PORT/secret",
                "http://local\u00adhost:PORT/secret",
                "http://bücher.example.com:PORT/",
                "http://%31%32%37.0.0.1:PORT/secret",
                "http://[::1%25lo]:PORT/secret",
                "http://[fe80::1%eth0]/",
                "http://[127.0.0.1]:PORT/secret",
                "http://[::1:PORT/secret",
                "http://::1/secret",
                "http://user:" + SECRET + "@site.example.com:PORT/",
                "http://" + SECRET + "@127.0.0.1:PORT/secret",
                "http://site.example.com:PORT@127.0.0.1:PORT/secret",
                "http://user:" + SECRET + "/@site.example.com/",
                "http://127.0.0.1:PORT\\@site.example.com/",
                "http://site.example.com:PORT\\@127.0.0.1:PORT/secret",
                "http://site.example.com:PORT/ HTTP/1.1\r\nHost: 127.0.0.1",
                "http://site.example.com:PORT/a b",
                "http://site.example.com\r\n:PORT/",
                "http://site.example.com:PORT/\u0000",
                "ht\ntp://127.0.0.1:PORT/",
                "http:/127.0.0.1:PORT/secret",
                "http:127.0.0.1:PORT",
                "http:user:" + SECRET + "@127.0.0.1:PORT//",
                "http://" + "a.".repeat(4_000) + "example.com/",
                "http://site.example.com:PORT/\ud800",
                "http:///127.0.0.1:PORT/secret",
                "http://:PORT/",
                "http://",
                "//127.0.0.1:PORT/secret",
                "/etc/passwd",
                "",
                " http://127.0.0.1:PORT/secret",
                "http://site.example.com:0/",
                "http://site.example.com:65536/",
                "http://site.example.com:-1/",
                "http://site.example.com:PORT/%zz",
                "http://" + "a".repeat(64) + ".example.com/",
                "http://site.example.com:PORT/" + "a".repeat(10_000),
                "http://site..example.com/",
                "http://site.example.com:PORT/to-decimal",
                "http://site.example.com:PORT/to-backslashes",
                "http://site.example.com:PORT/to-spaces",
                "http://site.example.com:PORT/to-user");
        add(
                cases,
                "scheme_not_allowed",
                "user:" + SECRET + "@127.0.0.1",
                "ftp://127.0.0.1:PORT/secret",
                "gopher://127.0.0.1:PORT/_GET%20/secret",
                "dict://127.0.0.1:PORT/",
                "ldap://127.0.0.1:PORT/",
                "jar:http://127.0.0.1:PORT/a.jar!/b",
                "netdoc:///etc/passwd",
                "javascript:alert(1)",
                "data:image/png;base64,AAAA",
                "ws://127.0.0.1:PORT/",
                "http://site.example.com:PORT/to-file",
                "http://site.example.com:PORT/to-s3",
                "http://site.example.com:PORT/to-gopher");
        add(
                cases,
                "too_many_redirects",
                "http://site.example.com:PORT/loop",
                "http://site.example.com:PORT/to-nothing",
                "http://site.example.com:PORT/loop-of-hosts");
        add(
                cases,
                "http_status",
                "http://site.example.com:PORT/to-nowhere",
                "http://site.example.com:PORT/not-modified");
        add(
                cases,
                "not_found",
                "http://site.example.com:PORT/missing",
                "http://site.example.com:PORT/%0d%0aX:y",
                "http://site.example.com:PORT/../secret");
        add(
                cases,
                "empty",
                "http://site.example.com:PORT/empty",
                "http://site.example.com:PORT/empty-chunked",
                "http://site.example.com:PORT/no-content",
                "file://FOLDER/photos/empty.png");
        add(cases, "content_encoding", "http://site.example.com:PORT/gzip", "http://site.example.com:PORT/br");
        add(
                cases,
                "too_large",
                "http://site.example.com:PORT/long",
                "http://site.example.com:PORT/endless-chunks",
                "http://site.example.com:PORT/endless",
                "file://FOLDER/photos/large.png");
        add(
                cases,
                "bad_response",
                "http://site.example.com:PORT/gzip-transfer",
                "http://site.example.com:PORT/negative",
                "http://site.example.com:PORT/no-number",
                "http://site.example.com:PORT/bad-chunk",
                "http://site.example.com:PORT/huge-header",
                "http://site.example.com:PORT/many-headers");
        add(
                cases,
                "unavailable",
                "https://site.example.com:PORT/",
                "http://unknown.example.com:PORT/",
                "http://site.example.com:PORT/too-short",
                "http://site.example.com:PORT/cut-chunk",
                "http://site.example.com:PORT/closed",
                "http://site.example.com:PORT/endless-100",
                "http://site.example.com:PORT/silent",
                "http://site.example.com:PORT/slow-headers",
                "http://site.example.com:PORT/slow-body");
        add(
                cases,
                "bucket_not_allowed",
                "s3://other/key",
                "s3://PHOTOS/key",
                "s3://photos.other/key",
                "s3://xphotos/key");
        add(
                cases,
                "bad_uri",
                "s3://",
                "s3:///key",
                "s3:photos/key",
                "s3://photos",
                "s3://photos/",
                "s3://photos./key",
                "s3://photos@other/key",
                "s3://other@photos/key",
                "s3://photos:80/key",
                "s3://photos%2Fother/key",
                "s3://photos\\other/key",
                "s3://arn:aws:s3:::other/key",
                "s3://ph..otos/key",
                "s3://photos/../other/key",
                "s3://photos/%2e%2e/other/key",
                "s3://photos/a/%2E./key",
                "s3://photos/./key",
                "s3://photos/..",
                "s3://photos/key?versionId=",
                "s3://photos/key?versionId=1&x=2",
                "s3://photos/key?acl",
                "s3://photos/key?versionId=1%0d%0aX:y",
                "s3://photos/key#part",
                "s3://photos/a%00b",
                "s3://photos/a%0ab",
                "s3://photos/%zz",
                "s3://photos/%f",
                "s3://photos/%ff",
                "s3://photos/" + "a".repeat(1_025));
        add(
                cases,
                "path_not_allowed",
                "file:///etc/passwd",
                "file:/etc/passwd",
                "FILE:///etc/passwd",
                "file:///",
                "file://FOLDER/secret.png",
                "file://FOLDER/photos/../secret.png",
                "file://FOLDER/photos/%2e%2e/secret.png",
                "file://FOLDER/photos/..%2fsecret.png",
                "file://FOLDER/photos2/secret.png",
                "file://FOLDER/photos/sub/link.png",
                "file://FOLDER/photos/sub/up/secret.png",
                "file://FOLDER/photos/sub/up/photos/sub/up/secret.png",
                "file://FOLDER/photos/sub/zero",
                "file://FOLDER/photos/sub/pipe",
                "file://FOLDER/photos/sub",
                "file://FOLDER/photos",
                "file:///dev/stdin",
                "file:///proc/self/environ");
        add(
                cases,
                "not_found",
                "file://FOLDER/photos/missing.png",
                "file://FOLDER/photos/image.png/x",
                "file://FOLDER/photos/sub/loop");
        add(
                cases,
                "bad_uri",
                "file://localhostFOLDER/photos/image.png",
                "file://site.example.com/share/image.png",
                "file:image.png",
                "file://",
                "file://FOLDER/photos/image.png?x",
                "file://FOLDER/photos/image.png#x",
                "file://FOLDER/photos/image.png%00.jpg",
                "file://FOLDER/photos/%2g");
        return cases;
    }

    private static void add(List<Case> cases, String code, String... uris) {
        for (String uri : uris) {
            cases.add(new Case(uri, code));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aHostileReferenceIsRejected(Case hostile) throws Exception {
        RejectedEventException rejection = rejection(fetcher.fetch(reference(hostile.text())));
        assertThat(rejection.code()).as(rejection.getMessage()).isEqualTo(hostile.code());
        assertThat(rejection.stage()).isEqualTo(Stage.FETCH);
        assertThat(rejection.getMessage()).doesNotContain(SECRET).hasSizeLessThan(1_000);
        assertThat(FORBIDDEN)
                .allSatisfy(server -> assertThat(server.connections()).isZero());
        assertThat(NETWORK.outside()).isEmpty();
        assertThat(fetcher.reservedBytes()).isZero();
    }

    /** The name server answers with the public address while it is checked, and with a forbidden one later. */
    @Test
    void aNameIsNotLookedUpAgainAfterItsCheck() throws Exception {
        NETWORK.answers("rebind.example.com", List.of(new String[] {"127.0.0.2"}, new String[] {"127.0.0.1"}));
        site.on("/image", (request, out) -> {
            HostileServer.raw(out, "HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
            return false;
        });
        String uri = "http://rebind.example.com:" + site.port() + "/image";
        try (FetchedImage image = fetcher.fetch(reference(uri)).get(30, TimeUnit.SECONDS)) {
            assertThat(image.bytes()).containsExactly('x');
        }
        assertThat(NETWORK.lookups("rebind.example.com")).isEqualTo(1);
        assertThat(rejection(fetcher.fetch(reference(uri))).code()).isEqualTo("address_not_allowed");
        assertThat(NETWORK.lookups("rebind.example.com")).isEqualTo(2);
        assertThat(FORBIDDEN)
                .allSatisfy(server -> assertThat(server.connections()).isZero());
    }

    @Test
    void noRequestHasCredentialsOrAsksForCompression() throws Exception {
        site.on("/sets-cookie", status(302, "Location: /wants-login", "Set-Cookie: a=b; Path=/"))
                .on("/wants-login", status(401, "WWW-Authenticate: Basic realm=x"));
        String uri = "http://site.example.com:" + site.port() + "/sets-cookie";
        assertThat(rejection(fetcher.fetch(reference(uri))).code()).isEqualTo("forbidden");
        assertThat(site.requests()).isNotEmpty().allSatisfy(request -> assertThat(request.headers())
                .doesNotContainKeys("cookie", "authorization", "proxy-authorization", "upgrade")
                .containsEntry("accept-encoding", "identity"));
    }
}
