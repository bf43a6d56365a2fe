package io.resnetstreams.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.metrics.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Reads the metrics and health of an instance over HTTP. */
final class Endpoint {
    private final String address;
    private final HttpClient client = HttpClient.newHttpClient();

    /** @param address {@code http://HOST:PORT} */
    Endpoint(String address) {
        this.address = address;
    }

    /** A response of a health endpoint. */
    record Answer(int statusCode, String status, String reason) {}

    String text(String path, String accept) {
        return get(path, accept).body();
    }

    Samples samples() {
        return new Samples(text("/metrics", "text/plain"));
    }

    Answer live() {
        return health("/health/live");
    }

    Answer ready() {
        return health("/health/ready");
    }

    private Answer health(String path) {
        try {
            HttpResponse<String> response = get(path, "application/json");
            var json = new ObjectMapper().readTree(response.body());
            return new Answer(
                    response.statusCode(),
                    json.get("status").asText(),
                    json.get("reason").asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> get(String path, String accept) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                    .header("Accept", accept)
                    .build();
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
