package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.resnetstreams.audit.OutcomeFollower;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** One image that is slow to fetch delays the later events of its partition, and no others. */
class SlowReferenceIT {
    private static final int EVENTS = Integer.getInteger("references.events", 3_000);
    private static final int SLOW = 50;
    /** Far fewer than the events behind the slow one. */
    private static final int WINDOW = 200;

    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private byte[] image;

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().equals("/slow")) {
                release.await();
            }
            exchange.sendResponseHeaders(200, image.length);
            exchange.getResponseBody().write(image);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void otherPartitionsDoNotWait() throws Exception {
        image = TestCluster.sampleImage();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        String host = "127.0.0.1:" + server.getAddress().getPort();
        try (TestCluster cluster = TestCluster.start()) {
            OutcomeFollower follower = cluster.follow(Map.of());
            cluster.run(
                    "window.maxEvents=" + WINDOW,
                    "references.http.privateHosts=" + host,
                    "references.readTimeoutMillis=600000",
                    "references.timeoutMillis=600000");
            int slowPartition = send(cluster, follower, host);
            await().atMost(Duration.ofSeconds(120)).until(() -> {
                Map<Integer, long[]> progress = follower.snapshot().progress();
                return progress.entrySet().stream()
                        .filter(partition -> partition.getKey() != slowPartition)
                        .allMatch(partition ->
                                partition.getValue()[0] == partition.getValue()[1]);
            });
            long[] slow = follower.snapshot().progress().get(slowPartition);
            assertThat(slow[0]).isEqualTo(SLOW / progressPartitions(follower));
            release.countDown();
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> follower.snapshot().labels() == EVENTS);
            assertThat(follower.snapshot().outOfOrder()).isZero();
            assertThat(cluster.check()).isZero();
        } finally {
            release.countDown();
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private static int progressPartitions(OutcomeFollower follower) {
        return follower.snapshot().progress().size();
    }

    /** Sends events to all partitions in turn; returns that of the slow one. */
    private static int send(TestCluster cluster, OutcomeFollower follower, String host) {
        String topic = cluster.configuration().topics().input();
        int partitions = cluster.clients().partitions(topic).size();
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            for (int i = 0; i < EVENTS; i++) {
                String uri = "http://" + host + (i == SLOW ? "/slow" : "/" + i);
                producer.send(
                        new ProducerRecord<>(topic, i % partitions, null, uri.getBytes(UTF_8)),
                        (metadata, failure) -> follower.expect(metadata.partition(), metadata.offset()));
            }
        }
        return SLOW % partitions;
    }
}
