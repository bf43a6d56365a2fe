package io.resnetstreams.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/**
 * Kafka's own server in this JVM: one KRaft node, broker and controller, on the loopback interface. Its directory can be used
 * again after a restart, on any port. It is meant for evaluation and tests, since a single node does not replicate.
 *
 * <p>Threading: started and closed by its owner.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int NODE_ID = 1;
    private static final String LISTENER_PREFIX = "listener.name.";
    private static final Set<String> OF_THE_AUTHORIZER = Set.of("super.users", "allow.everyone.if.no.acl.found");
    private static final Set<String> OWNED =
            Set.of("process.roles", "node.id", "log.dirs", "log.dir", "metadata.log.dir");

    private final DirectoryLock lock;
    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedBroker(DirectoryLock lock, KafkaRaftServer server, int port) {
        this.lock = lock;
        this.server = server;
        this.port = port;
    }

    /**
     * Starts a broker, and returns when it accepts clients.
     *
     * @param directory of its log; created and formatted if it is new
     * @param port the port for clients; 0 for any free port
     * @param maxMessageBytes the largest record, unless a topic is configured otherwise
     * @throws IOException if another broker uses the directory, it can't be written, or the port is in use
     */
    public static EmbeddedBroker start(Path directory, int port, int maxMessageBytes) throws IOException {
        return start(directory, port, maxMessageBytes, Map.of());
    }

    /**
     * Starts a broker with additional properties of Kafka's server, which take precedence, such as listeners.
     *
     * @throws IllegalArgumentException if a property is unknown to Kafka, has an invalid value, or can't be set
     */
    public static EmbeddedBroker start(Path directory, int port, int maxMessageBytes, Map<String, String> further)
            throws IOException {
        further.keySet().forEach(EmbeddedBroker::requireSettable);
        DirectoryLock lock = DirectoryLock.take(directory);
        try {
            int clientPort;
            int controllerPort;
            // Both are held at the same time, so that they differ.
            try (ServerSocket client = bound(port);
                    ServerSocket controller = bound(0)) {
                clientPort = client.getLocalPort();
                controllerPort = controller.getLocalPort();
            }
            Properties properties = properties(directory.toAbsolutePath(), clientPort, controllerPort, maxMessageBytes);
            properties.putAll(further);
            KafkaConfig config = config(properties);
            if (!Files.exists(directory.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
                format(directory.toAbsolutePath());
            }
            KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(lock, server, clientPort);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static void requireSettable(String name) {
        if (OWNED.contains(name)) {
            throw new IllegalArgumentException(name + " can't be set: the broker is one node with one directory");
        }
        if (!AbstractKafkaConfig.CONFIG_DEF.names().contains(name)
                && !OF_THE_AUTHORIZER.contains(name)
                && !name.startsWith(LISTENER_PREFIX)) {
            throw new IllegalArgumentException("Kafka's server has no property '" + name + "'");
        }
    }

    private static KafkaConfig config(Properties properties) {
        try {
            return KafkaConfig.fromProps(properties, false);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Returns {@code HOST:PORT} for clients. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** Waits until the broker has shut down. */
    public void awaitEnd() {
        server.awaitShutdown();
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's folder could not be released", e);
        }
    }

    private static Properties properties(Path directory, int port, int controllerPort, int maxMessageBytes) {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE_ID));
        properties.put("log.dirs", directory.toString());
        properties.put(
                "listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        properties.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.put(topic + ".replication.factor", "1");
            properties.put(topic + ".num.partitions", "4");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        // It has few clients, on the same machine.
        properties.put("num.io.threads", "2");
        properties.put("num.network.threads", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("auto.create.topics.enable", "false");
        properties.put("message.max.bytes", Integer.toString(maxMessageBytes));
        properties.put("socket.request.max.bytes", Integer.toString(Math.max(maxMessageBytes * 2, 100 * 1024 * 1024)));
        // The open transaction of a killed client hides later records until it is aborted; the default interval is 10
        // s.
        properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // A killed broker can register again sooner than with the default of 9 s.
        properties.put("broker.session.timeout.ms", "3000");
        properties.put("broker.heartbeat.interval.ms", "1000");
        return properties;
    }

    private static void format(Path directory) throws IOException {
        Formatter formatter = new Formatter();
        formatter
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE_ID)
                .setDirectories(List.of(directory.toString()))
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(directory.toString())
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()));
        try {
            formatter.run();
        } catch (Exception e) {
            throw new IOException("cannot format " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Returns a socket bound to a port; 0 for any free port. */
    private static ServerSocket bound(int port) throws IOException {
        try {
            return new ServerSocket(port, 1, InetAddress.getByName(HOST));
        } catch (IOException e) {
            throw new IOException("port " + port + " is not free: " + e.getMessage(), e);
        }
    }
}
