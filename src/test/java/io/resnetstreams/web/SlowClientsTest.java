package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow clients must not delay the health endpoint; this uses real sockets. */
class SlowClientsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int PAGE_BYTES = 64 * 1024;

    private final List<Socket> sockets = new ArrayList<>();
    private WebServer server;

    @BeforeEach
    void start() throws IOException {
        WebServer.ActionHandler form = exchange -> {
            exchange.getRequestBody().readAllBytes();
            WebServer.answer(exchange, 200, "taken");
        };
        server = WebServer.start(
                "127.0.0.1",
                0,
                Map.of(
                        "/health/live",
                        Health.handler(() -> new Health(true, "all is well")),
                        "/form",
                        form,
                        "/metrics",
                        exchange -> WebServer.answer(exchange, 200, "text/plain", new byte[PAGE_BYTES])));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket send(String text) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 * 1024);
        URI address = URI.create(server.address());
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        sockets.add(socket);
        return socket;
    }

    private void assertHealthIsAnswered() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + "/health/live"))
                .timeout(TIMEOUT)
                .build();
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            // Each probe opens a new connection.
            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            if (i == 0) {
                // The slow requests were cancelled for the probe; they did not time out.
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(RequestThreads.LONGEST_REQUEST);
            }
        }
    }

    private static String pipelined(int requests) {
        return "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(requests);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16, 64, 200})
    void clientsThatNeverReadDoNotBlockHealth(int clients) throws Exception {
        for (int client = 0; client < clients; client++) {
            send(pipelined(100));
        }
        assertHealthIsAnswered();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /metr",
                "GET /metrics HTTP/1.1\r\nHost: loc",
                "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nletter=",
                "POST /form HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nletter=",
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf"
            })
    void clientsThatSendHalfARequestDoNotBlockHealth(String half) throws Exception {
        for (int client = 0; client < 100; client++) {
            send(half);
        }
        assertHealthIsAnswered();
    }

    @Test
    @Tag("full") // Takes as long as a request may take; ClientWorkTest covers the limit without waiting.
    void aRequestThatTakesTooLongIsCancelled() throws Exception {
        InputStream in = send("GET /metrics HTTP/1.1\r\nHost: loc").getInputStream();
        Awaitility.await()
                .atMost(RequestThreads.LONGEST_REQUEST.multipliedBy(3))
                .until(() -> isEnded(in));
    }

    private static boolean isEnded(InputStream in) {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aSlowReaderGetsTheWholeResponse() throws Exception {
        InputStream in = send(pipelined(20) + "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getInputStream();
        assertHealthIsAnswered();
        assertThat(in.readAllBytes()).hasSizeGreaterThan(21 * PAGE_BYTES);
    }
}
