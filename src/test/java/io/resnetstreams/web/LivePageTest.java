package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the page over HTTP, without a browser. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LivePageTest {
    private static final String HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final PageRig rig = new PageRig(true, true);
    private WebServer server;

    @BeforeEach
    void start() throws IOException {
        server = WebServer.start("127.0.0.1", 0, rig.page.handlers());
    }

    @AfterEach
    void stop() {
        rig.page.close();
        server.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.address() + path)).build(), BodyHandlers.ofString());
    }

    private String name(RecentOutcome outcome) {
        return outcome.number() + "-" + rig.page.instance();
    }

    private RecentOutcome lastDeadLetter() {
        return rig.page.recent().deadLetters().get(0).last().get(0);
    }

    private HttpResponse<String> replay(String origin, String site, String token, String letter) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + "/replay"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString("token=" + token + "&letter=" + letter));
        if (origin != null) {
            request.header("Origin", origin);
        }
        if (site != null) {
            request.header("Sec-Fetch-Site", site);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void thePageContainsTheNumbersWithoutScripts() throws Exception {
        rig.label("shoe-17", "Sneaker", 0.975);
        rig.deadLetter("k", "corrupt", "the file is cut");
        String html = get("/").body();
        assertThat(html)
                .contains("<dd data-text=\"labels.total\">1</dd>", "shoe-17", "97.5 %", "image-events-3@0 · 250 ms")
                .contains("the file is cut", "image-events-3@1")
                .doesNotContain("{{");
    }

    @Test
    void textOfEventsIsEscaped() throws Exception {
        rig.label(HOSTILE, HOSTILE, 0.9);
        rig.deadLetter(HOSTILE, "corrupt", "the reason is " + HOSTILE);
        String html = get("/?label=" + URLEncoder.encode(HOSTILE, UTF_8)).body();
        assertThat(html)
                .doesNotContain("<img src=x", "<script>")
                .contains("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;");
    }

    @Test
    void placeholdersInAnEventAreNotReplaced() throws Exception {
        rig.label("{{token}} $1 \\", "{{version}}", 0.9);
        assertThat(get("/").body()).contains("{{token}} $1 \\", "{{version}}");
    }

    @Test
    void theHeadersRestrictTheBrowser() throws Exception {
        rig.label("a", "Sneaker", 0.9);
        String picture = "/pictures/"
                + name(rig.page.recent().labels(0, 1, LabelFilter.of(null)).get(0));
        for (String path : List.of("/", "/page.css", "/page.js", "/icon.svg", picture)) {
            HttpResponse<String> response = get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none';")
                    .contains("frame-ancestors 'none'", "base-uri 'none'")
                    .doesNotContain("unsafe", "*", "data:");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        }
        assertThat(get("/").body()).doesNotContain(" style=", " onclick=", "<style", "http://", "https://");
    }

    @Test
    void thePageIsSmall() throws Exception {
        int bytes = 0;
        for (String path : List.of("/", "/page.css", "/page.js", "/icon.svg")) {
            bytes += get(path).body().getBytes(UTF_8).length;
        }
        assertThat(bytes).isLessThan(100_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", ""})
    void otherHostNamesAreRefused(String host) throws Exception {
        for (String path : List.of("/", "/events", "/pictures/1-x", "/page.js")) {
            assertThat(statusWithHost(path, host)).as(path).isEqualTo(421);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:9464", "127.0.0.1:1", "10.0.0.7", "[::1]:9464"})
    void itsOwnHostNamesAndAnyAddressAreAccepted(String host) throws Exception {
        assertThat(statusWithHost("/", host)).isEqualTo(200);
    }

    private int statusWithHost(String path, String host) throws IOException {
        URI address = URI.create(server.address());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(UTF_8));
            out.flush();
            String status = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
            return Integer.parseInt(status.split(" ")[1]);
        }
    }

    @Test
    void aDeadLetterIsResentOnce() throws Exception {
        rig.deadLetter("k", "corrupt", "why");
        String letter = name(lastDeadLetter());
        assertThat(replay(server.address(), "same-origin", rig.page.token(), letter)
                        .statusCode())
                .isEqualTo(200);
        assertThat(rig.resent).hasSize(1);
        assertThat(new String(rig.resent.get(0).value(), UTF_8)).isEqualTo("x<y");
        assertThat(replay(server.address(), "same-origin", rig.page.token(), letter)
                        .statusCode())
                .isEqualTo(409);
        assertThat(rig.resent).hasSize(1);
    }

    @Test
    void otherOriginsCannotResend() throws Exception {
        rig.deadLetter("k", "corrupt", "why");
        String letter = name(lastDeadLetter());
        String own = server.address();
        String token = rig.page.token();
        assertThat(replay("http://evil.example", "cross-site", token, letter).statusCode())
                .isEqualTo(403);
        assertThat(replay(own, "cross-site", token, letter).statusCode()).isEqualTo(403);
        assertThat(replay(own, "same-site", token, letter).statusCode()).isEqualTo(403);
        assertThat(replay("null", null, token, letter).statusCode()).isEqualTo(403);
        assertThat(replay(null, null, token, letter).statusCode()).isEqualTo(403);
        assertThat(replay(own + "0", null, token, letter).statusCode()).isEqualTo(403);
        assertThat(replay(own, "same-origin", "", letter).statusCode()).isEqualTo(403);
        assertThat(replay(own, "same-origin", "0".repeat(32), letter).statusCode())
                .isEqualTo(403);
        assertThat(replay(own, "same-origin", token, "1-other").statusCode()).isEqualTo(404);
        assertThat(get("/replay").statusCode()).isEqualTo(405);
        assertThat(rig.resent).isEmpty();
    }

    @Test
    void disabledFunctionsAreAbsent() throws Exception {
        PageRig closed = new PageRig(false, false);
        try (WebServer other = WebServer.start("127.0.0.1", 0, closed.page.handlers())) {
            closed.label("a", "Sneaker", 0.9);
            closed.deadLetter("k", "corrupt", "why");
            String html = client.send(
                            HttpRequest.newBuilder(URI.create(other.address() + "/"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            assertThat(html)
                    .contains("web.pictures=true")
                    .doesNotContain("<img", "/payloads/", "/replay", closed.page.token());
            for (String path : List.of("/pictures/1-x", "/payloads/1-x", "/replay")) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(other.address() + path))
                        .build();
                assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
        } finally {
            closed.page.close();
        }
    }

    @Test
    void aPictureIsTheImageOfTheEvent() throws Exception {
        rig.label("a", "Sneaker", 0.9);
        RecentOutcome label =
                rig.page.recent().labels(0, 1, LabelFilter.of(null)).get(0);
        HttpResponse<byte[]> response = client.send(
                HttpRequest.newBuilder(URI.create(server.address() + "/pictures/" + name(label)))
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(response.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(response.body()).isEqualTo(PageRig.PNG);
        for (String none : List.of(label.number() + "-other", "999-" + rig.page.instance(), "x", "..", "1")) {
            assertThat(get("/pictures/" + none).statusCode()).as(none).isEqualTo(404);
        }
    }

    @Test
    void noPictureIsServedAsAnythingElse() throws Exception {
        for (String content : List.of("<svg onload=alert(1)>", "<!DOCTYPE html>")) {
            rig.forward(rig.event("a", content.getBytes(UTF_8)), "a", "Sneaker", 0.9);
            rig.topology().committed();
            RecentOutcome label =
                    rig.page.recent().labels(0, 1, LabelFilter.of(null)).get(0);
            assertThat(get("/pictures/" + name(label)).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aPayloadIsPlainText() throws Exception {
        rig.deadLetter("key\n\u001b", "corrupt", "why");
        HttpResponse<String> response = get("/payloads/" + name(lastDeadLetter()));
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
        assertThat(response.body())
                .isEqualTo("key      key··\nvalue    3 bytes\n\n0000  " + "78 3c 79" + " ".repeat(39) + "  x<y\n");
    }

    @Test
    void eventsSendEverythingFirstAndThenChanges() throws Exception {
        rig.label("a", "Sneaker", 0.9);
        rig.deadLetter("k", "corrupt", "why");
        try (EventReading reading = new EventReading("/events", null)) {
            JsonNode first = reading.next();
            assertThat(first.get("instance").asText()).isEqualTo(rig.page.instance());
            assertThat(first.get("labels")).hasSize(1);
            assertThat(first.get("deadLetters").get(0).get("code").asText()).isEqualTo("corrupt");
            assertThat(first.get("texts").get("labels.total").asText()).isEqualTo("1");
            rig.label("b", "Boot", 0.5);
            rig.page.streams().tick();
            JsonNode second = reading.next();
            assertThat(second.has("instance")).isFalse();
            assertThat(second.has("deadLetters")).isFalse();
            assertThat(second.get("labels").get(0).get("id").asText()).isEqualTo("b");
            assertThat(second.get("labels")).hasSize(1);
        }
    }

    @Test
    void aReconnectingPageGetsWhatItMissed() throws Exception {
        rig.label("a", "Sneaker", 0.9);
        String lastId;
        try (EventReading reading = new EventReading("/events", null)) {
            reading.next();
            lastId = reading.lastId;
        }
        rig.label("b", "Boot", 0.5);
        try (EventReading reading = new EventReading("/events", lastId)) {
            JsonNode first = reading.next();
            assertThat(first.has("instance")).isFalse();
            assertThat(first.get("labels")).hasSize(1);
        }
        try (EventReading reading = new EventReading("/events", "1-0123456789abcdef0123456789abcdef")) {
            assertThat(reading.next().get("labels")).hasSize(2);
        }
    }

    @Test
    void onePageTooManyIsRefusedAndTheOthersContinue() throws Exception {
        List<EventReading> open = new ArrayList<>();
        try {
            for (int i = 0; i < EventStreams.MOST; i++) {
                EventReading reading = new EventReading("/events", null);
                reading.next();
                open.add(reading);
            }
            HttpResponse<String> refused = get("/events");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("the maximum of 16 pages is open");
            assertThat(get("/").statusCode()).isEqualTo(200);
            rig.page.streams().tick();
            open.get(0).next();
        } finally {
            for (EventReading reading : open) {
                reading.close();
            }
        }
    }

    @Test
    void aPointCoversFiveSeconds() {
        for (int second = 1; second <= 11; second++) {
            rig.label("a", "Sneaker", 0.9);
            rig.page.count(TimeUnit.SECONDS.toNanos(second));
        }
        List<History.Point> points = rig.page.history().after(0);
        assertThat(points).hasSize(2);
        assertThat(points.get(1).labels()).isEqualTo(1);
        assertThat(points.get(1).p99()).isBetween(245.0, 255.0);
        assertThat(points.get(1).lag()).isNaN();
    }

    /** Reads server-sent events. */
    private final class EventReading implements AutoCloseable {
        private final InputStream body;
        private final BufferedReader lines;
        private String lastId;

        EventReading(String path, String lastEventId) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path));
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream; charset=utf-8");
            body = response.body();
            lines = new BufferedReader(new InputStreamReader(body, UTF_8));
            assertThat(lines.readLine()).isEqualTo("retry: 2000");
        }

        JsonNode next() throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return JSON.readTree(line.substring(6));
                }
            }
            throw new IOException("the stream has ended");
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
