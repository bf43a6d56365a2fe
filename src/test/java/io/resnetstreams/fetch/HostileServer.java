package io.resnetstreams.fetch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.resnetstreams.common.DaemonThreads;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * An HTTP server that answers with any bytes at any pace, and counts who reaches it.
 *
 * <p>Threading: each connection has a thread.
 */
final class HostileServer implements AutoCloseable {
    /** Writes a response; the connection is closed if it returns false. */
    @FunctionalInterface
    interface Answer {
        boolean write(Request request, OutputStream out) throws IOException, InterruptedException;
    }

    /** A request; the names of headers are in lower case. */
    record Request(String line, Map<String, String> headers) {
        String path() {
            return line.split(" ")[1];
        }
    }

    private final ServerSocket socket;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    HostileServer(InetAddress address, int port, SSLContext tls) throws IOException {
        socket = tls == null ? new ServerSocket() : tls.getServerSocketFactory().createServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(address, port), 1_024);
        DaemonThreads.start("hostile-accept", this::accept);
    }

    static HostileServer start() throws IOException {
        return new HostileServer(TestNetwork.PUBLIC, 0, null);
    }

    /** Answers a path, with or without a query. */
    HostileServer on(String path, Answer answer) {
        answers.put(path, answer);
        return this;
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Returns the number of connections that were accepted. */
    int connections() {
        return connections.get();
    }

    /** Returns the number of connections that are open. */
    int openConnections() {
        return open.size();
    }

    List<Request> requests() {
        return requests;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connection.setTcpNoDelay(true);
                connections.incrementAndGet();
                open.add(connection);
                DaemonThreads.start("hostile-connection", () -> serve(connection));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            boolean isKept = true;
            while (isKept) {
                Request request = read(in);
                if (request == null) {
                    return;
                }
                requests.add(request);
                Answer answer = answers.getOrDefault(request.path().split("\\?")[0], status(404));
                isKept = answer.write(request, out);
                out.flush();
            }
        } catch (IOException | InterruptedException e) {
            // The client has gone.
        } finally {
            open.remove(connection);
        }
    }

    private static Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            String[] parts = header.split(":", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts.length == 1 ? "" : parts[1].strip());
        }
        return new Request(line, headers);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : new ArrayList<>(open)) {
            connection.close();
        }
    }

    static Answer image(byte[] bytes) {
        return (request, out) -> {
            raw(out, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: " + bytes.length + "\r\n\r\n");
            out.write(bytes);
            return true;
        };
    }

    static Answer status(int status, String... headers) {
        return (request, out) -> {
            raw(out, "HTTP/1.1 " + status + " X\r\n");
            for (String header : headers) {
                raw(out, header + "\r\n");
            }
            raw(out, status == 304 ? "\r\n" : "Content-Length: 2\r\n\r\nno");
            return true;
        };
    }

    static Answer redirect(String location) {
        return status(302, "Location: " + location);
    }

    /** Sends text, and closes the connection as the added header says. */
    static Answer raw(String text) {
        return (request, out) -> {
            raw(out, text.replaceFirst("\r\n", "\r\nConnection: close\r\n"));
            return false;
        };
    }

    static void raw(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(ISO_8859_1));
        out.flush();
    }
}
