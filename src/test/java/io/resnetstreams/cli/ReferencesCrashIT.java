package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.fetch.S3Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of two instances is repeatedly killed with {@code kill -9}, and the S3 server with it, while events flow that refer to
 * their images. One event in a hundred is hostile, and one has three images. {@code -Dreferences.events=20000
 * -Dreferences.kills=8} is the long form.
 */
class ReferencesCrashIT {
    private static final int EVENTS = Integer.getInteger("references.events", 1_500);
    private static final int KILLS = Integer.getInteger("references.kills", 2);
    /** The least between two kills. */
    private static final int EVENTS_A_KILL = EVENTS / (KILLS + 1) / 2;

    private static final int EVENTS_A_SECOND = 300;
    private static final int HUNDRED = 100;
    private static final long SEED = Long.getLong("seed", 1);
    private static final String BUCKET = "shop";

    @TempDir
    private Path folder;

    private final AtomicInteger forbiddenRequests = new AtomicInteger();
    private List<String> objects;
    private String forbidden;

    @Test
    void eachReferenceHasOneOutcomeInOrder() throws Exception {
        HttpServer internal = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        internal.createContext("/", exchange -> {
            forbiddenRequests.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        internal.start();
        forbidden = "http://127.0.0.1:" + internal.getAddress().getPort() + "/";
        try (S3Server store = S3Server.start(folder);
                TestCluster cluster = TestCluster.start()) {
            upload(store);
            OutcomeFollower.Snapshot outcomes = crash(cluster, store);
            System.out.printf("%d references, %d kills, seed %d: %s%n", EVENTS, KILLS, SEED, outcomes);
            assertThat(cluster.check()).isZero();
            assertThat(outcomes.events()).isEqualTo(EVENTS);
            assertThat(outcomes.lost()).isZero();
            assertThat(outcomes.duplicates()).isZero();
            assertThat(outcomes.outOfOrder()).isZero();
            assertThat(outcomes.deadLetters()).isEqualTo(EVENTS / HUNDRED);
            assertThat(outcomes.labels()).isEqualTo(EVENTS - EVENTS / HUNDRED + 2 * (EVENTS / HUNDRED));
            assertThat(forbiddenRequests).hasValue(0);
        } finally {
            internal.stop(0);
        }
    }

    private void upload(S3Server store) throws Exception {
        objects = new ArrayList<>();
        try (Stream<Path> files = Files.list(TestCluster.SAMPLES)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".png"))
                    .sorted()
                    .limit(10)
                    .toList()) {
                store.put(BUCKET, file.getFileName().toString(), Files.readAllBytes(file));
                objects.add("s3://" + BUCKET + "/" + file.getFileName());
            }
        }
    }

    private OutcomeFollower.Snapshot crash(TestCluster cluster, S3Server store) throws Exception {
        Random random = new Random(SEED);
        OutcomeFollower follower = cluster.follow(Map.of());
        List<InstanceProcess> instances = new ArrayList<>(List.of(start(cluster, store), start(cluster, store)));
        instances.forEach(InstanceProcess::awaitRunning);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(cluster, follower));
        for (int kill = 0; kill < KILLS; kill++) {
            long wanted = Math.min(
                    EVENTS - 1L, follower.snapshot().outcomes() + EVENTS_A_KILL + random.nextInt(EVENTS_A_KILL));
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> follower.snapshot().outcomes() >= wanted);
            int victim = random.nextInt(instances.size());
            instances.get(victim).kill();
            if (kill % 4 == 0) {
                store.kill();
                store.start();
            }
            instances.set(victim, start(cluster, store));
        }
        sending.join();
        long expected = EVENTS + 2 * (EVENTS / HUNDRED);
        await().atMost(Duration.ofSeconds(180)).until(() -> follower.snapshot().outcomes() >= expected);
        for (InstanceProcess instance : instances) {
            instance.awaitRunning();
            assertThat(instance.terminate()).isZero();
        }
        cluster.awaitNoOpenTransaction();
        follower.finish();
        return follower.snapshot();
    }

    private static InstanceProcess start(TestCluster cluster, S3Server store) {
        Map<String, String> environment =
                Map.of("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);
        return cluster.track(InstanceProcess.run(
                environment,
                cluster.bootstrap(),
                "references.s3.buckets=" + BUCKET,
                "references.s3.endpoint=" + store.endpoint(),
                "references.s3.region=us-east-1",
                "references.s3.pathStyle=true",
                "references.http.hosts=*",
                "references.onOutage=wait"));
    }

    private void send(TestCluster cluster, OutcomeFollower follower) {
        String topic = cluster.configuration().topics().input();
        List<String> hostile = List.of(
                "s3://other/" + BUCKET,
                forbidden,
                "file:///etc/passwd",
                "s3://" + BUCKET + "/missing.png",
                "http://169.254.169.254/latest/meta-data/",
                forbidden.replace("127.0.0.1", "[::ffff:127.0.0.1]"),
                forbidden.replace("127.0.0.1", "2130706433"),
                forbidden.replace("127.0.0.1", "localhost"));
        long begin = System.nanoTime();
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            for (int i = 0; i < EVENTS; i++) {
                long due = begin + i * 1_000_000_000L / EVENTS_A_SECOND;
                LockSupport.parkNanos(due - System.nanoTime());
                ProducerRecord<byte[], byte[]> record = i % HUNDRED == 99
                        ? event(topic, i, hostile.get(i / HUNDRED % hostile.size()))
                        : i % HUNDRED == 49 ? list(topic, i) : event(topic, i, objects.get(i % objects.size()));
                producer.send(record, (metadata, failure) -> follower.expect(metadata.partition(), metadata.offset()));
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> event(String topic, int number, String uri) {
        String json = "{\"id\": \"e-" + number + "\", \"image\": {\"uri\": \"" + uri + "\"}}";
        return new ProducerRecord<>(topic, ("e-" + number).getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private ProducerRecord<byte[], byte[]> list(String topic, int number) {
        String uris = String.join("\n", objects.subList(0, 3));
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, ("e-" + number).getBytes(UTF_8), uris.getBytes(UTF_8));
        record.headers().add(EventReader.CONTENT_TYPE_HEADER, "text/uri-list".getBytes(UTF_8));
        return record;
    }
}
