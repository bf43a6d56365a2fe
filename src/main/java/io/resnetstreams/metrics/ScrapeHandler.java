package io.resnetstreams.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.prometheus.metrics.exporter.common.PrometheusScrapeHandler;
import io.prometheus.metrics.exporter.httpserver.HttpExchangeAdapter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;

/**
 * The handler of Prometheus, except that the web server handles failures: the original logs a stack trace even if the client
 * has only closed the connection.
 */
final class ScrapeHandler implements HttpHandler {
    private final PrometheusScrapeHandler scrapes;

    ScrapeHandler(PrometheusRegistry registry) {
        scrapes = new PrometheusScrapeHandler(registry);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        scrapes.handleRequest(new HttpExchangeAdapter(exchange) {
            @Override
            public void handleException(IOException failure) throws IOException {
                throw failure;
            }

            @Override
            public void handleException(RuntimeException failure) {
                throw failure;
            }
        });
    }
}
