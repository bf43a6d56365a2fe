package io.resnetstreams.faults;

import static org.awaitility.Awaitility.await;

import io.resnetstreams.cli.InstanceProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The {@code broker} command in a process of its own, which can be killed and restarted with the same ports and data. A
 * second address leads clients through a {@link TcpProxy}.
 */
final class BrokerProcess implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Path data;
    private final SmallDisk disk;
    private final int directPort = freePort();
    private final int proxiedPort = freePort();
    private final int controllerPort = freePort();
    private final TcpProxy proxy = new TcpProxy(proxiedPort);
    private InstanceProcess process;

    private BrokerProcess(Path data, SmallDisk disk) throws IOException {
        this.data = data;
        this.disk = disk;
        start();
    }

    /** Starts a broker with its data in a folder. */
    static BrokerProcess in(Path folder) throws IOException {
        return new BrokerProcess(folder, null);
    }

    /** Starts a broker with its data on a disk that can be filled. The caller closes the disk. */
    static BrokerProcess on(SmallDisk disk) throws IOException {
        return new BrokerProcess(disk.folder().resolve("broker"), disk);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Starts the broker and waits until it accepts clients. */
    void start() {
        String direct = "PLAINTEXT://" + HOST + ":" + directPort;
        process = InstanceProcess.command(List.of(
                "broker",
                "--data",
                data.toString(),
                "--port",
                Integer.toString(directPort),
                "--property",
                "listeners=" + direct + ",PROXIED://" + HOST + ":" + proxiedPort + ",CONTROLLER://" + HOST + ":"
                        + controllerPort,
                "--property",
                "advertised.listeners=" + direct + ",PROXIED://" + HOST + ":" + proxy.port(),
                "--property",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "--property",
                "controller.quorum.voters=1@" + HOST + ":" + controllerPort));
        process.awaitLog("\nready");
    }

    void kill() throws InterruptedException {
        process.kill();
    }

    /** Waits until the broker exits by itself. */
    void awaitEnd() {
        await("exit of the broker").atMost(Duration.ofSeconds(300)).until(() -> !process.isAlive());
    }

    String log() {
        return process.log();
    }

    String bootstrap() {
        return HOST + ":" + directPort;
    }

    /** Returns the address of the proxy. */
    String proxiedBootstrap() {
        return HOST + ":" + proxy.port();
    }

    Path data() {
        return data;
    }

    /** Returns the disk that holds the data. */
    SmallDisk disk() {
        return disk;
    }

    TcpProxy proxy() {
        return proxy;
    }

    @Override
    public void close() throws IOException {
        process.killIfAlive();
        proxy.close();
    }
}
