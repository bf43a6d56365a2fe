package io.resnetstreams.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Accepts only requests whose {@code Host} is a name of this server or an IP address, and sets security headers on the
 * response. This prevents DNS rebinding: a foreign page whose name resolves to this server sends its own name. An IP
 * address needs no check, since it does not depend on name resolution.
 */
final class HostGuard {
    private static final int MISDIRECTED = 421;
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");
    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final Set<String> names;

    /** @param host the address that the server listens at, as configured */
    HostGuard(String host) {
        names = new TreeSet<>(List.of("localhost", host.toLowerCase(Locale.ROOT)));
    }

    /** Returns a guarded handler of the same type. */
    HttpHandler around(HttpHandler handler) {
        if (handler instanceof WebServer.ActionHandler) {
            return (WebServer.ActionHandler) exchange -> handle(exchange, handler);
        }
        return handler instanceof WebServer.StreamHandler
                ? (WebServer.StreamHandler) exchange -> handle(exchange, handler)
                : exchange -> handle(exchange, handler);
    }

    private void handle(HttpExchange exchange, HttpHandler handler) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        // With no-referrer, browsers would not send the origin of a POST request.
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (isOwn(host)) {
            handler.handle(exchange);
            return;
        }
        try (exchange) {
            WebServer.answer(
                    exchange,
                    MISDIRECTED,
                    "the Host header does not name this server; use its IP address, its host name, or one of "
                            + String.join(", ", names));
        }
    }

    /** Returns whether a {@code Host} header names this server. */
    boolean isOwn(String host) {
        if (host == null) {
            return false;
        }
        String name = PORT.matcher(host.strip().toLowerCase(Locale.ROOT)).replaceFirst("");
        return names.contains(name) || ADDRESS.matcher(name).matches() || name.equals(nameOfThisMachine());
    }

    /** Called only if no other name matches, since a name service may be slow. */
    private static String nameOfThisMachine() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
