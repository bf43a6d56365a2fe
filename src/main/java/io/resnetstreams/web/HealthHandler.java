package io.resnetstreams.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Responds with {@code {"status": …, "reason": …}}: 200 if the check succeeds, otherwise 503. */
public final class HealthHandler implements HttpHandler {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final Supplier<Health> health;

    /** @param health called for each request, by any thread */
    public HealthHandler(Supplier<Health> health) {
        this.health = health;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        RequestThreads.requestIsUrgent();
        Health now = health.get();
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("status", now.status());
        answer.put("reason", now.reason());
        WebServer.answer(exchange, now.ok() ? OK : UNAVAILABLE, "application/json", JSON.writeValueAsBytes(answer));
    }
}
