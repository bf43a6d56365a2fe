package io.resnetstreams.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A proxy between clients and a server on the loopback interface that can degrade their connections. Existing
 * connections survive a change of the mode, except to {@link Mode#CUT}.
 *
 * <p>Threading: any thread may set the mode; each connection has one thread per direction.
 */
final class TcpProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int CONNECT_MILLIS = 30_000;

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private Mode mode = Mode.OPEN;
    private long chunkNanos;
    private long byteNanos;

    /** The state of connections. */
    enum Mode {
        /** Data passes unchanged. */
        OPEN,
        /** Each chunk is delayed, and throughput is limited. */
        SLOW,
        /** Nothing passes and nothing is refused; data in transit is kept. */
        SILENT,
        /** Existing and new connections are reset. */
        CUT
    }

    /** Starts listening on a free port. */
    TcpProxy(int targetPort) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        target = targetPort;
        start("accept", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Delays each chunk of at most 16 KiB, in each direction. */
    synchronized void slow(long chunkMillis, long bytesPerSecond) {
        chunkNanos = TimeUnit.MILLISECONDS.toNanos(chunkMillis);
        byteNanos = TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
        set(Mode.SLOW);
    }

    synchronized void set(Mode wanted) {
        mode = wanted;
        notifyAll();
        if (wanted == Mode.CUT) {
            sockets.forEach(TcpProxy::reset);
        }
    }

    private synchronized Mode mode() {
        return mode;
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // The proxy is closed, or the client has disconnected.
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        sockets.add(client);
        sockets.add(server);
        if (mode() == Mode.CUT) {
            end(client, server);
            return;
        }
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start("up", () -> pump(client, server));
            start("down", () -> pump(server, client));
        } catch (IOException e) {
            // The server is down; closing the connection shows that to the client.
            end(client, server);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                holdBack(length);
                out.write(chunk, 0, length);
            }
        } catch (IOException e) {
            // One side has disconnected; closing both tells the other side.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(from, to);
        }
    }

    private void holdBack(int bytes) throws InterruptedException {
        long nanos;
        synchronized (this) {
            while (mode == Mode.SILENT) {
                wait();
            }
            nanos = mode == Mode.SLOW ? chunkNanos + bytes * byteNanos : 0;
        }
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void end(Socket one, Socket other) {
        for (Socket socket : new Socket[] {one, other}) {
            reset(socket);
            sockets.remove(socket);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // Already closed.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        set(Mode.CUT);
    }
}
