package io.resnetstreams.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Apicurio Registry as a process of its own, with schemas in memory, which the Maven profile 'full' unpacks. */
final class ApicurioServer implements AutoCloseable {
    private static final Path FOLDER = Path.of("target", "apicurio");
    private static final Path LOG = Path.of("target", "it-logs", "apicurio.log");

    private final Process process;
    private final String url;

    ApicurioServer() throws IOException {
        Path jar;
        try (Stream<Path> files = Files.list(FOLDER)) {
            jar = files.filter(file -> file.toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        }
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Files.createDirectories(LOG.getParent());
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx400m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-jar",
                        jar.toString())
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(LOG.toFile())
                .start();
        url = "http://127.0.0.1:" + port + "/apis/ccompat/v7";
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/subjects")).build();
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("Apicurio ended; see " + LOG);
            }
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        });
    }

    String url() {
        return url;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
