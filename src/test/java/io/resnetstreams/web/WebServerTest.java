package io.resnetstreams.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Health health = new Health(true, "all is well");
    private WebServer server;

    @BeforeEach
    void start() throws IOException {
        server = WebServer.start("127.0.0.1", 0, Map.of("/health", Health.handler(() -> health), "/broken", page -> {
            throw new IllegalStateException("broken");
        }));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void theAddressHasTheActualPort() {
        assertThat(server.address()).matches("http://127\\.0\\.0\\.1:[1-9]\\d*");
    }

    @Test
    void healthIsJsonWithStatusAndReason() throws Exception {
        HttpResponse<String> response = send("GET", "/health");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body()).isEqualTo("{\"status\":\"ok\",\"reason\":\"all is well\"}");
    }

    @Test
    void aFailingInstanceIsUnavailable() throws Exception {
        health = new Health(false, "the device \"x\" hangs");
        HttpResponse<String> response = send("GET", "/health");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("{\"status\":\"failing\",\"reason\":\"the device \\\"x\\\" hangs\"}");
    }

    @Test
    void headHasNoBody() throws Exception {
        HttpResponse<String> response = send("HEAD", "/health");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void aPageIsOnlyServedAtItsExactPath() throws Exception {
        for (String path : new String[] {"/", "/health/", "/healthy", "/metrics"}) {
            HttpResponse<String> response = send("GET", path);
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(response.body()).isEqualTo("the path does not exist; the paths are /broken, /health\n");
        }
    }

    @Test
    void otherMethodsAreNotAllowed() throws Exception {
        for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
            HttpResponse<String> response = send(method, "/health");
            assertThat(response.statusCode()).as(method).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
        }
    }

    @Test
    void aFailingPageGivesAnErrorWithoutStackTrace() throws Exception {
        HttpResponse<String> response = send("GET", "/broken");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).hasLineCount(1).doesNotContain("Exception");
    }

    @Test
    void aClientThatDisconnectsAffectsNoOther() throws Exception {
        try (WebServer other = WebServer.start("127.0.0.1", 0, Map.of("/gone", page -> {
            throw new IOException("Broken pipe");
        }))) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(other.address() + "/gone"))
                    .build();
            assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            HttpRequest next =
                    HttpRequest.newBuilder(URI.create(other.address() + "/")).build();
            assertThat(client.send(next, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aHandlerOfAPathWithAFinalSlashServesAllBelowIt() throws Exception {
        try (WebServer other =
                WebServer.start("127.0.0.1", 0, Map.of("/below/", page -> WebServer.answer(page, 200, "below")))) {
            for (String path : new String[] {"/below/a", "/below/a/b"}) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(other.address() + path))
                        .build();
                assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("below\n");
            }
            for (String path : new String[] {"/below", "/", "/belowed/a"}) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(other.address() + path))
                        .build();
                assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void aPortInUseIsAnError() {
        int port = URI.create(server.address()).getPort();
        assertThatThrownBy(() -> WebServer.start("127.0.0.1", port, Map.of())).isInstanceOf(BindException.class);
    }

    @Test
    void anUnknownHostIsAnError() {
        assertThatThrownBy(() -> WebServer.start("no.such.host.invalid", 0, Map.of()))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("there is no such host");
    }
}
