package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_BAD_METHOD;
import static java.net.HttpURLConnection.HTTP_INTERNAL_ERROR;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server. A handler serves one exact path, or all paths below one that ends with a slash. It accepts {@code GET} and
 * {@code HEAD}; an {@link ActionHandler} accepts {@code POST}.
 *
 * <p>Threading: daemon threads of its own send responses, see {@link RequestThreads}.
 */
public final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final String LONGEST_REQUEST_SECONDS = "sun.net.httpserver.maxReqTime";

    static {
        // The JDK's server reads this when it is loaded. Without it, idle connections would never be closed.
        if (System.getProperty(LONGEST_REQUEST_SECONDS) == null) {
            System.setProperty(LONGEST_REQUEST_SECONDS, "20");
        }
    }

    /** A handler that changes state, and therefore accepts only {@code POST}. */
    interface ActionHandler extends HttpHandler {}

    /** A handler that returns immediately. Another thread sends the response and closes the exchange. */
    interface StreamHandler extends HttpHandler {}

    private final HttpServer server;
    private final RequestThreads threads = new RequestThreads();
    private final Map<String, HttpHandler> pages;

    private WebServer(HttpServer server, Map<String, HttpHandler> pages) {
        this.server = server;
        this.pages = new TreeMap<>(pages);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /**
     * Starts the server.
     *
     * @param host the address to listen on
     * @param port 0 for any free port
     * @param pages handlers by path, such as {@code /metrics}; one that ends with a slash, such as {@code /pictures/}, has all
     *     paths below it, but {@code /} is itself alone
     * @throws IOException if there is no such host, or the port can't be used
     */
    public static WebServer start(String host, int port, Map<String, HttpHandler> pages) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException("there is no such host");
        }
        return new WebServer(HttpServer.create(address, 0), pages);
    }

    /** Returns {@code http://HOST:PORT} with the given host and the actual port. */
    public String address() {
        InetSocketAddress address = server.getAddress();
        String host = address.getHostString();
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    private void handle(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        boolean keepsOpen = false;
        try {
            HttpHandler page = page(path);
            List<String> allowed = page instanceof ActionHandler ? List.of("POST") : List.of("GET", "HEAD");
            if (page == null) {
                String paths = String.join(", ", pages.keySet());
                answer(exchange, HTTP_NOT_FOUND, "the path does not exist; the paths are " + paths);
            } else if (!allowed.contains(exchange.getRequestMethod())) {
                String methods = String.join(", ", allowed);
                exchange.getResponseHeaders().set("Allow", methods);
                answer(exchange, HTTP_BAD_METHOD, "the method is not allowed; allowed: " + methods);
            } else {
                page.handle(exchange);
                keepsOpen = page instanceof StreamHandler;
            }
        } catch (IOException e) {
            // The client has closed the connection, for example after a scrape timeout.
            LOG.debug("the client did not read all of {}: {}", path, e.toString());
        } catch (RuntimeException e) {
            LOG.warn("{} could not be answered: {}", path, e.toString(), e);
            tryToReportFailure(exchange);
        } finally {
            if (!keepsOpen) {
                exchange.close();
            }
        }
    }

    private HttpHandler page(String path) {
        HttpHandler exact = path == null ? null : pages.get(path);
        if (exact != null || path == null) {
            return exact;
        }
        int slash = path.indexOf('/', 1);
        return slash < 0 || slash == path.length() - 1 ? null : pages.get(path.substring(0, slash + 1));
    }

    /** Has no effect if the response has started; the client then sees that the connection is closed early. */
    private static void tryToReportFailure(HttpExchange exchange) {
        try {
            answer(exchange, HTTP_INTERNAL_ERROR, "the request failed; the log contains the cause");
        } catch (IOException e) {
            LOG.debug("the failure could not be reported: {}", e.toString());
        }
    }

    /** Sends a line of text as the response. */
    static void answer(HttpExchange exchange, int status, String line) throws IOException {
        answer(exchange, status, "text/plain; charset=utf-8", (line + "\n").getBytes(UTF_8));
    }

    /** Sends a complete response; for {@code HEAD} only its headers. */
    static void answer(HttpExchange exchange, int status, String contentType, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        boolean headersAlone = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, headersAlone ? -1 : body.length);
        if (!headersAlone) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Stops immediately; open connections are closed. */
    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
