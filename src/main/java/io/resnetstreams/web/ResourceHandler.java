package io.resnetstreams.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Serves a built-in file. */
final class ResourceHandler implements HttpHandler {
    private static final int OK = 200;

    private final byte[] content;
    private final String contentType;

    ResourceHandler(String name, String contentType) {
        this.content = read(name);
        this.contentType = contentType;
    }

    /** Returns the content of a built-in file. */
    static byte[] read(String name) {
        try (InputStream stream = ResourceHandler.class.getResourceAsStream("/web/" + name)) {
            if (stream == null) {
                throw new IllegalStateException("the page's " + name + " was not built in");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        WebServer.answer(exchange, OK, contentType, content);
    }
}
