package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * Debian's Prometheus with the configuration and rules in {@code deploy}, but with a scrape interval of two seconds.
 */
final class PrometheusServer implements AutoCloseable {
    private static final Path DEPLOY = Path.of("deploy");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final Path directory;
    private final String address;

    private PrometheusServer(Process process, Path directory, String address) {
        this.process = process;
        this.directory = directory;
        this.address = address;
    }

    /**
     * Starts Prometheus with its data and targets in a directory. The test is skipped if Prometheus is not installed.
     */
    static PrometheusServer start(Path directory) throws IOException {
        DebianTools.require("prometheus", "Debian's package prometheus");
        for (String name : List.of("prometheus.yml", "recording-rules.yml", "alerts.yml")) {
            String text = Files.readString(DEPLOY.resolve(name));
            Files.writeString(directory.resolve(name), text.replaceAll("_interval: \\d+s", "_interval: 2s"));
        }
        Files.createDirectories(directory.resolve("targets"));
        String address = "127.0.0.1:" + freePort();
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + directory.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=" + address)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        PrometheusServer server = new PrometheusServer(process, directory, address);
        await().atMost(Duration.ofSeconds(60))
                .failFast("Prometheus exited; see its log in " + directory, () -> !process.isAlive())
                .ignoreExceptions()
                .until(() -> server.get("/-/ready").statusCode() == 200);
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Sets the endpoints to scrape, each as HOST:PORT. */
    void targets(List<String> endpoints) throws IOException {
        String json = JSON.createArrayNode()
                .add(JSON.createObjectNode().set("targets", JSON.valueToTree(endpoints)))
                .toString();
        Path written = Files.writeString(directory.resolve("targets.new"), json);
        Files.move(
                written,
                directory.resolve("targets").resolve("instances.json"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Returns the current samples of an expression. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8));
        JsonNode json = JSON.readTree(answer.body());
        if (!json.path("status").asText().equals("success")) {
            throw new IllegalStateException(expression + ": " + answer.body());
        }
        return json.at("/data/result");
    }

    /** Returns the only value of an expression, if there is one. */
    OptionalDouble value(String expression) throws IOException, InterruptedException {
        JsonNode samples = query(expression);
        return samples.size() == 1
                ? OptionalDouble.of(number(samples.get(0).at("/value/1").asText()))
                : OptionalDouble.empty();
    }

    /** Parses a number in Prometheus's format. */
    static double number(String text) {
        return Double.parseDouble(text.replace("Inf", "Infinity"));
    }

    /** Returns all rules with their state. */
    JsonNode rules() throws IOException, InterruptedException {
        return JSON.readTree(get("/api/v1/rules").body()).at("/data/groups");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path))
                .timeout(Duration.ofSeconds(60))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
