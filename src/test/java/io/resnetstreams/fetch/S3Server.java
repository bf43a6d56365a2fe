package io.resnetstreams.fetch;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * S3Proxy, an S3 server in a process of its own, whose objects are files in a folder. They and the port outlast a restart.
 *
 * <p>Threading: for one thread.
 */
public final class S3Server implements AutoCloseable {
    /** The credentials that the server accepts. */
    public static final String ACCESS_KEY = "resnet";

    public static final String SECRET_KEY = "streams-secret";

    private static final Path CLASS_PATH = Path.of("target", "s3-server.classpath");
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private final Path folder;
    private final int port;
    private final S3Client client;
    private final Set<String> buckets = new HashSet<>();
    private Process process;

    private S3Server(Path folder, int port) {
        this.folder = folder;
        this.port = port;
        this.client = S3Client.builder()
                .endpointOverride(URI.create(endpoint()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                // The server does not know the SDK's newer way to send checksums.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .build();
    }

    /** Starts a server, and waits until it answers. */
    public static S3Server start(Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        Files.createDirectories(folder.resolve("objects"));
        // Without an appender it logs nothing; by default it logs each byte.
        Files.writeString(folder.resolve("logback.xml"), "<configuration/>");
        S3Server server = new S3Server(folder, port);
        server.start();
        return server;
    }

    /** Starts the server after it was stopped or killed, and waits until it answers. */
    public void start() throws IOException {
        if (!Files.exists(CLASS_PATH)) {
            throw new AssertionError("there is no " + CLASS_PATH + "; 'mvn generate-test-resources' writes it");
        }
        Properties settings = new Properties();
        settings.setProperty("s3proxy.endpoint", endpoint());
        settings.setProperty("s3proxy.authorization", "aws-v4");
        settings.setProperty("s3proxy.identity", ACCESS_KEY);
        settings.setProperty("s3proxy.credential", SECRET_KEY);
        settings.setProperty("jclouds.provider", "filesystem-nio2");
        settings.setProperty(
                "jclouds.filesystem.basedir", folder.resolve("objects").toString());
        settings.setProperty("jclouds.identity", "unused");
        settings.setProperty("jclouds.credential", "unused");
        Path file = folder.resolve("s3proxy.properties");
        try (var writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
                        "-cp",
                        Files.readString(CLASS_PATH),
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("s3proxy.log").toFile());
        // The names of its files are keys in UTF-8.
        builder.environment().put("LC_ALL", "C.UTF-8");
        process = builder.start();
        await("S3Proxy, see " + folder.resolve("s3proxy.log"))
                .atMost(LONGEST_START)
                .failFast(() -> !process.isAlive())
                .pollInterval(Duration.ofMillis(50))
                .until(this::answers);
    }

    private boolean answers() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(endpoint()).toURL().openConnection();
            return connection.getResponseCode() == HttpURLConnection.HTTP_FORBIDDEN;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns {@code http://HOST:PORT}. */
    public String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    /** Puts an object into a bucket, which is created if it does not exist. */
    public void put(String bucket, String key, byte[] bytes) {
        if (buckets.add(bucket)) {
            client.createBucket(request -> request.bucket(bucket));
        }
        client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(bytes));
    }

    /** Ends the process with SIGTERM, and waits for it. */
    public void stop() throws InterruptedException {
        process.destroy();
        end();
    }

    /** Ends the process with SIGKILL, and waits for it. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        end();
    }

    private void end() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("S3Proxy does not end");
        }
    }

    @Override
    public void close() {
        client.close();
        process.destroyForcibly();
        try {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
