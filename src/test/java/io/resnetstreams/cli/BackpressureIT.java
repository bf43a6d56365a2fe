package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.Test;

/**
 * When the device stalls, back-pressure stops consumption, the instance is not removed from the group, and processing
 * resumes by itself.
 */
class BackpressureIT {
    private static final int EVENTS = 6_000;
    private static final int WINDOW = 200;
    private static final int POLL = 100;
    private static final int LARGE_IMAGE_BYTES = 20 << 20;
    private static final int LARGE_IMAGES = 24;
    private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(10);
    private static final Duration STALL = MAX_POLL_INTERVAL.multipliedBy(2);

    /** A simulated device that answers only after {@link #resume}. */
    private static final class StalledDevice {
        private record Waiting(RawEvent event, CompletableFuture<Outcome> outcome) {}

        private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
        private volatile boolean open;

        CompletableFuture<Outcome> classify(RawEvent event) {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            waiting.add(new Waiting(event, outcome));
            if (open) {
                answerAll();
            }
            return outcome;
        }

        void resume() {
            open = true;
            answerAll();
        }

        private void answerAll() {
            for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
                next.outcome().complete(label(next.event()));
            }
        }

        private static Outcome label(RawEvent event) {
            return LabelEncoder.JSON.encode(
                    event,
                    new LabelEvent(
                            event.source().toString(),
                            List.of(new LabelEvent.Label("any", 0, 1)),
                            new LabelEvent.ModelReference("stand-in", "none"),
                            event.source()));
        }
    }

    @Test
    void aStalledDeviceStopsConsumptionWithoutARebalance() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            StalledDevice device = new StalledDevice();
            OutcomeFollower follower = cluster.follow(Map.of());
            Configuration configuration = new ConfigurationLoader()
                    .set("bootstrapServers", cluster.bootstrap(), "test")
                    .set("window.maxEvents", Integer.toString(WINDOW), "test")
                    .set("kafka.main.consumer.max.poll.records", Integer.toString(POLL), "test")
                    .set("kafka.buffered.records.per.partition", Integer.toString(POLL), "test")
                    .set(
                            "kafka.main.consumer.max.poll.interval.ms",
                            Long.toString(MAX_POLL_INTERVAL.toMillis()),
                            "test")
                    .load();
            try (Pipeline pipeline =
                    Pipeline.create(configuration.pipelineSettings(), device::classify, TopologyMetrics.NONE)) {
                pipeline.start();
                assertThat(pipeline.awaitRunning(Duration.ofSeconds(60))).isTrue();
                String member = onlyMember(cluster, configuration);
                send(cluster, follower);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> pipeline.inFlight().events() >= WINDOW);
                await().during(STALL)
                        .atMost(STALL.plusSeconds(30))
                        .pollInterval(Duration.ofMillis(500))
                        .until(() -> pipeline.inFlight().events() <= WINDOW + POLL
                                && isStableWith(cluster, configuration, member));
                assertThat(follower.snapshot().outcomes()).isZero();
                device.resume();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> follower.snapshot().outcomes() >= EVENTS);
                assertThat(onlyMember(cluster, configuration)).isEqualTo(member);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> pipeline.inFlight().events() == 0);
                assertThat(pipeline.inFlight().bytes()).isZero();
            }
            follower.finish();
            OutcomeFollower.Snapshot outcomes = follower.snapshot();
            assertThat(outcomes.lost()).isZero();
            assertThat(outcomes.duplicates()).isZero();
            assertThat(outcomes.outOfOrder()).isZero();
        }
    }

    /** A poll returns what was fetched from each partition, which is one image of this size. */
    @Test
    void imagesOf20MegabytesOvershootTheWindowByAtMostOnePoll() throws Exception {
        try (TestCluster cluster = TestCluster.start("topics.maxMessageBytes=" + (LARGE_IMAGE_BYTES + (1 << 20)))) {
            StalledDevice device = new StalledDevice();
            OutcomeFollower follower = cluster.follow(Map.of());
            Configuration configuration = cluster.configuration();
            long window = configuration.window().maxBytes();
            long poll = (long) configuration.topicSettings().partitions() * (LARGE_IMAGE_BYTES + 1_024);
            try (Pipeline pipeline =
                    Pipeline.create(configuration.pipelineSettings(), device::classify, TopologyMetrics.NONE)) {
                pipeline.start();
                assertThat(pipeline.awaitRunning(Duration.ofSeconds(60))).isTrue();
                sendLarge(cluster, follower);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> pipeline.inFlight().bytes() >= window);
                await().during(Duration.ofSeconds(5))
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> pipeline.inFlight().bytes() < window + poll);
                device.resume();
                await().atMost(Duration.ofSeconds(120))
                        .until(() -> follower.snapshot().outcomes() >= LARGE_IMAGES
                                && pipeline.inFlight().bytes() == 0);
            }
            follower.finish();
            assertThat(follower.snapshot().lost()).isZero();
            assertThat(follower.snapshot().duplicates()).isZero();
        }
    }

    private static void sendLarge(TestCluster cluster, OutcomeFollower follower) throws InterruptedException {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender = new EventSender(
                    producer,
                    cluster.configuration().topics().input(),
                    0,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            byte[] image = new byte[LARGE_IMAGE_BYTES];
            for (int i = 0; i < LARGE_IMAGES; i++) {
                sender.send(new SourceEvent("image-" + i, image, "image/jpeg"));
            }
            assertThat(sender.finish().sent()).isEqualTo(LARGE_IMAGES);
        }
    }

    private static boolean isStableWith(TestCluster cluster, Configuration configuration, String member)
            throws Exception {
        ConsumerGroupDescription group = group(cluster, configuration);
        return group.groupState() == GroupState.STABLE && members(group).equals(member);
    }

    private static String onlyMember(TestCluster cluster, Configuration configuration) throws Exception {
        return members(group(cluster, configuration));
    }

    private static String members(ConsumerGroupDescription group) {
        return group.members().stream().map(MemberDescription::consumerId).collect(Collectors.joining(","));
    }

    private static ConsumerGroupDescription group(TestCluster cluster, Configuration configuration) throws Exception {
        try (Admin admin = cluster.clients().admin()) {
            return admin.describeConsumerGroups(List.of(configuration.applicationId()))
                    .all()
                    .get()
                    .get(configuration.applicationId());
        }
    }

    private static void send(TestCluster cluster, OutcomeFollower follower) throws InterruptedException {
        EventSource source = EventSource.of(List.of(TestCluster.SAMPLES)).kept();
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender = new EventSender(
                    producer,
                    cluster.configuration().topics().input(),
                    0,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            for (int round = 0; round < EVENTS / source.size(); round++) {
                for (SourceEvent event : source) {
                    sender.send(event);
                }
            }
            assertThat(sender.finish().sent()).isEqualTo(EVENTS);
        }
    }
}
