package io.resnetstreams.bench;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves metrics and reads them by HTTP once a second, which is fifteen times as often as Prometheus does by itself. */
final class Scraper implements AutoCloseable {
    private static final int OK = 200;

    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest request;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger answers = new AtomicInteger();

    Scraper(HttpHandler metrics) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", metrics);
        server.start();
        request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/metrics"))
                .build();
        thread.scheduleAtFixedRate(this::scrape, 1, 1, TimeUnit.SECONDS);
    }

    private void scrape() {
        try {
            if (client.send(request, BodyHandlers.ofByteArray()).statusCode() == OK) {
                answers.incrementAndGet();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Fails where nothing was read, since then nothing was measured. */
    void requireAnswers() {
        if (answers.get() == 0) {
            throw new IllegalStateException("no metrics were read");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        server.stop(0);
    }
}
