package io.resnetstreams.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.resnetstreams.registry.RegisteredSchema.Type;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A schema registry in memory, with the REST calls that the product uses and failures to order. */
public final class RegistryServer implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final List<ObjectNode> schemas = new ArrayList<>();
    private final Map<String, List<Integer>> subjects = new LinkedHashMap<>();
    private final Deque<Failure> failures = new ArrayDeque<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private volatile boolean down;

    /** The response to one request, in place of the right one; status 0 for none at all. */
    public record Failure(int status, String body) {}

    public RegistryServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public RegistrySettings settings(long timeoutMillis) {
        return new RegistrySettings(url(), "", "", "", timeoutMillis);
    }

    /** Returns a client that does not wait between attempts. */
    public SchemaRegistry client() {
        return new SchemaRegistry(settings(10_000), System::nanoTime, millis -> {});
    }

    /** Adds a schema whose references are NAME=SUBJECT; returns its id. */
    public synchronized int add(String subject, Type type, String text, String... references) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        if (type != Type.AVRO) {
            schema.put("schemaType", type.name());
        }
        schema.put("schema", text);
        for (String reference : references) {
            String[] parts = reference.split("=");
            schema.withArrayProperty("references")
                    .addObject()
                    .put("name", parts[0])
                    .put("subject", parts[1])
                    .put("version", 1);
        }
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        int id = schemas.indexOf(schema) + 1;
        subjects.computeIfAbsent(subject, key -> new ArrayList<>()).add(id);
        return id;
    }

    public synchronized String latest(String subject) {
        List<Integer> versions = subjects.get(subject);
        return schemas.get(versions.get(versions.size() - 1) - 1).path("schema").asText();
    }

    /** Answers the next requests so. */
    public synchronized void fail(Failure... next) {
        failures.addAll(List.of(next));
    }

    /** Answers all requests with status 503, or properly again. */
    public void down(boolean isDown) {
        down = isDown;
    }

    /** Returns METHOD PATH AUTHORIZATION of each request. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        requests.add(exchange.getRequestMethod() + " " + path + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = exchange.getRequestBody().readAllBytes();
        Failure answer = next();
        if (answer == null) {
            answer = answer(exchange.getRequestMethod(), path, body);
        }
        if (answer.status() == 0) {
            return; // The connection stays open without a response until the server is closed.
        }
        byte[] bytes = answer.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized Failure next() {
        return down ? new Failure(503, "") : failures.poll();
    }

    private synchronized Failure answer(String method, String path, byte[] body) throws IOException {
        String[] parts = path.split("/");
        if (path.startsWith("/schemas/ids/")) {
            int id = Integer.parseInt(parts[3]);
            return id < 1 || id > schemas.size()
                    ? new Failure(404, "{\"error_code\": 40403, \"message\": \"Schema " + id + " not found\"}")
                    : new Failure(200, schemas.get(id - 1).toString());
        }
        String subject = URLDecoder.decode(parts[2], UTF_8);
        if (method.equals("POST")) {
            JsonNode schema = JSON.readTree(body);
            int id = add(
                    subject,
                    Type.valueOf(schema.path("schemaType").asText()),
                    schema.path("schema").asText());
            return new Failure(200, "{\"id\": " + id + "}");
        }
        int version = Integer.parseInt(parts[4]);
        List<Integer> versions = subjects.getOrDefault(subject, List.of());
        return version > versions.size()
                ? new Failure(404, "{\"error_code\": 40401, \"message\": \"Subject not found\"}")
                : new Failure(200, schemas.get(versions.get(version - 1) - 1).toString());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
