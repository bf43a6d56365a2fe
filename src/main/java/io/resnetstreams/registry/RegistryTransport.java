package io.resnetstreams.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.common.PlainText;
import io.resnetstreams.registry.RegisteredSchema.Reference;
import io.resnetstreams.registry.RegisteredSchema.Type;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Sends single requests to a schema registry. Redirects are not followed, so that credentials reach no other host. Thread-safe.
 */
final class RegistryTransport {
    private static final String CONTENT = "application/vnd.schemaregistry.v1+json";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int MOST_BYTES = 8 << 20;
    private static final int LONGEST_MESSAGE = 200;
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client;
    private final long timeoutMillis;
    /** The header's value, or null. */
    private final String authorization;

    /**
     * A response.
     *
     * @param json the body; a missing node if it is not JSON
     */
    record Answer(int status, JsonNode json) {
        /** Returns whether the registry itself says that it does not have what was asked for, unlike a wrong address. */
        boolean isUnknown() {
            return status == NOT_FOUND && json.path("error_code").asInt() / 100 == NOT_FOUND;
        }

        boolean isSchema() {
            return status == OK && json.path("schema").isTextual();
        }

        RegisteredSchema schema() {
            String name = json.path("schemaType").asText(Type.AVRO.name());
            Type type = Stream.of(Type.values())
                    .filter(known -> known.name().equals(name))
                    .findFirst()
                    .orElse(Type.OTHER);
            List<Reference> references = new ArrayList<>();
            for (JsonNode reference : json.path("references")) {
                references.add(new Reference(
                        reference.path("name").asText(),
                        reference.path("subject").asText(),
                        reference.path("version").asInt()));
            }
            return new RegisteredSchema(type, json.path("schema").asText(), references);
        }

        boolean isId() {
            return status == OK && json.path("id").isInt();
        }

        int id() {
            return json.path("id").asInt();
        }

        /** Returns the status and the registry's message. */
        String describe() {
            String message = PlainText.limited(json.path("message").asText(), LONGEST_MESSAGE);
            String what = status == OK ? ", but no content of a schema registry" : "";
            return "status " + status + what + (message.isEmpty() ? "" : ", '" + message + "'");
        }
    }

    RegistryTransport(RegistrySettings settings) {
        timeoutMillis = settings.timeoutMillis();
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofMillis(timeoutMillis))
                .build();
        if (!settings.user().isEmpty()) {
            byte[] login = (settings.user() + ":" + settings.password()).getBytes(UTF_8);
            authorization = "Basic " + Base64.getEncoder().encodeToString(login);
        } else {
            authorization = settings.bearerToken().isEmpty() ? null : "Bearer " + settings.bearerToken();
        }
    }

    /**
     * Gets a resource, or posts a body if it is not null; interruption aborts the request.
     *
     * @throws IOException with a message for people, if no response arrives in time
     */
    Answer send(String url, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).header("Accept", CONTENT + ", application/json");
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (body != null) {
            request.header("Content-Type", CONTENT).POST(BodyPublishers.ofString(body));
        }
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request.build(), info -> new BoundedBody(MOST_BYTES));
        try {
            HttpResponse<byte[]> received = response.get(timeoutMillis, TimeUnit.MILLISECONDS);
            return new Answer(received.statusCode(), json(received.body()));
        } catch (TimeoutException e) {
            throw new IOException("no response within " + timeoutMillis + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException(describe(e.getCause()), e);
        } finally {
            response.cancel(true);
        }
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    private String describe(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "unknown host";
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return "no connection within " + timeoutMillis + " ms";
            }
        }
        if (failure instanceof ConnectException) {
            return failure.getMessage() == null ? "connection refused" : failure.getMessage();
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
