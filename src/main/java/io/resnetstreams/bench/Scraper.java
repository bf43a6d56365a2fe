package io.resnetstreams.bench;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.resnetstreams.common.RepeatingTask;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves metrics and scrapes them every second. The default interval of Prometheus is one minute. */
final class Scraper implements AutoCloseable {
    private static final int OK = 200;

    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest request;
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final AtomicInteger answers = new AtomicInteger();
    private final RepeatingTask scraping;

    Scraper(HttpHandler metrics) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", metrics);
        server.start();
        request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/metrics"))
                .build();
        scraping = RepeatingTask.start("scraper", INTERVAL, INTERVAL, this::scrape);
    }

    private void scrape() throws IOException, InterruptedException {
        if (client.send(request, BodyHandlers.ofByteArray()).statusCode() == OK) {
            answers.incrementAndGet();
        }
    }

    /** Requires at least one successful scrape. */
    void requireAnswers() {
        if (answers.get() == 0) {
            throw new IllegalStateException("metrics were not scraped");
        }
    }

    @Override
    public void close() {
        scraping.close();
        server.stop(0);
    }
}
