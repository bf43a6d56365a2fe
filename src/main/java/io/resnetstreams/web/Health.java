package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_OK;
import static java.net.HttpURLConnection.HTTP_UNAVAILABLE;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpHandler;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * The result of a health check.
 *
 * @param reason the explanation for the operator
 */
public record Health(boolean ok, String reason) {
    static Health ok(String reason) {
        return new Health(true, reason);
    }

    static Health failing(String reason) {
        return new Health(false, reason);
    }

    /**
     * Returns a handler that responds with {@code {"status": …, "reason": …}}: 200 if the check succeeds, otherwise 503.
     *
     * @param health called for each request, by any thread
     */
    public static HttpHandler handler(Supplier<Health> health) {
        return exchange -> {
            RequestThreads.requestIsUrgent();
            Health now = health.get();
            int status = now.ok() ? HTTP_OK : HTTP_UNAVAILABLE;
            String json = JsonNodeFactory.instance
                    .objectNode()
                    .put("status", now.ok() ? "ok" : "failing")
                    .put("reason", now.reason())
                    .toString();
            WebServer.answer(exchange, status, "application/json", json.getBytes(StandardCharsets.UTF_8));
        };
    }
}
