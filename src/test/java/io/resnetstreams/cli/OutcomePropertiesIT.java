package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.kafka.TopicCreation;
import io.resnetstreams.topology.Guarantee;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.TopicCheck;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/**
 * Random events near every limit, and output topics with random settings, with a real broker: either each event has one
 * outcome, or the topics are rejected at the start. The classifier is a stub; the rest is the product's.
 */
class OutcomePropertiesIT {
    private static final int ROUNDS = 10;
    private static final int LEAST_RUNS = 6;
    private static final int EVENTS = 60;
    private static final int LARGEST = 1 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String[] COMPRESSIONS = {"none", "gzip", "snappy", "lz4", "zstd"};

    private final long seed = Long.getLong("seed", 20_261_128);
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void eachEventHasOneOutcomeOrTheTopicsAreRejected() throws Exception {
        int ran = 0;
        int refused = 0;
        try (TestCluster cluster = TestCluster.start("topics.maxMessageBytes=" + LARGEST);
                Admin admin = cluster.clients().admin()) {
            for (int round = 0; round < ROUNDS || ran < LEAST_RUNS || refused == 0; round++) {
                Map<String, String> labels = settings();
                Map<String, String> deadLetters = settings();
                String where =
                        "seed %d, round %d, labels %s, dead letters %s".formatted(seed, round, labels, deadLetters);
                System.out.println(where);
                Configuration configuration = configuration(cluster, admin, round, labels, deadLetters);
                if (isUnsuitable(labels) || isUnsuitable(deadLetters) || isCompacted(deadLetters)) {
                    refused++;
                    assertThatIllegalArgumentException()
                            .as(where)
                            .isThrownBy(() -> TopicCheck.check(admin, configuration.topics(), 30_000))
                            .withMessageMatching(
                                    "topic '(labels|dead)-" + round
                                            + "' has (max.message.bytes|cleanup.policy|message.timestamp.(before|after).max.ms)=.*");
                } else {
                    ran++;
                    TopicCheck.check(admin, configuration.topics(), 30_000);
                    run(cluster, configuration, where);
                }
            }
        }
    }

    private static boolean isUnsuitable(Map<String, String> settings) {
        return Integer.parseInt(settings.get("max.message.bytes")) < 16_384
                || settings.get("message.timestamp.type").equals("CreateTime")
                        && (settings.get("message.timestamp.before.max.ms").equals("10")
                                || settings.get("message.timestamp.after.max.ms")
                                        .equals("10"));
    }

    private static boolean isCompacted(Map<String, String> settings) {
        return settings.get("cleanup.policy").contains("compact");
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put(
                "max.message.bytes",
                Integer.toString(pick(1_000, 16_384, 20_000, 50_000, 100_000, LARGEST, 2 * LARGEST)));
        settings.put("cleanup.policy", pick("compact", "delete", "delete", "delete", "delete"));
        settings.put("message.timestamp.before.max.ms", pick("10", "60000", "3600000", Long.toString(Long.MAX_VALUE)));
        settings.put("message.timestamp.after.max.ms", pick("10", "60000", "3600000", Long.toString(Long.MAX_VALUE)));
        settings.put("message.timestamp.type", random.nextInt(4) == 0 ? "LogAppendTime" : "CreateTime");
        settings.put("compression.type", pick("producer", "uncompressed", "gzip", "zstd"));
        return settings;
    }

    private int pick(int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private Configuration configuration(
            TestCluster cluster, Admin admin, int round, Map<String, String> labels, Map<String, String> deadLetters)
            throws Exception {
        TopicCreation.create(
                cluster.clients(),
                List.of(
                        new NewTopic("input-" + round, 2, (short) 1)
                                .configs(Map.of(
                                        "max.message.bytes", Integer.toString(2 * LARGEST),
                                        "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE))),
                        new NewTopic("labels-" + round, 2, (short) 1).configs(labels),
                        new NewTopic("dead-" + round, 2, (short) 1).configs(deadLetters)));
        return new ConfigurationLoader()
                .set("bootstrapServers", cluster.bootstrap(), "test")
                .set("applicationId", "properties-" + round, "test")
                .set("topics.input", "input-" + round, "test")
                .set("topics.labels", "labels-" + round, "test")
                .set("topics.deadLetters", "dead-" + round, "test")
                .set("topics.maxMessageBytes", Integer.toString(LARGEST), "test")
                .set("limits.maxHeaders", "1000", "test")
                .set(
                        "guarantee",
                        random.nextBoolean()
                                ? Guarantee.EXACTLY_ONCE_V2.property()
                                : Guarantee.AT_LEAST_ONCE.property(),
                        "test")
                .set("window.maxBytes", Integer.toString(pick(1, LARGEST, 64 << 20)), "test")
                .load();
    }

    private void run(TestCluster cluster, Configuration configuration, String where) throws Exception {
        String input = configuration.topics().input();
        send(cluster, input);
        EventReader reader = configuration.eventReader();
        try (OutcomesBySource outcomes = new OutcomesBySource(
                        cluster.bootstrap(),
                        configuration.topics().labels(),
                        configuration.topics().deadLetters());
                Pipeline pipeline = Pipeline.create(
                        configuration.pipelineSettings(), event -> classify(reader, event), TopologyMetrics.NONE)) {
            pipeline.start();
            outcomes.await(EVENTS, PATIENCE);
            assertThat(pipeline.failure()).as(where).isNull();
            assertThat(outcomes.all()).as(where).hasSize(EVENTS).allSatisfy((source, found) -> {
                ConsumerRecord<byte[], byte[]> outcome = outcomes.only(source.partition(), source.offset());
                assertThat(outcome.partition()).isEqualTo(source.partition());
                if (!outcomes.isLabel(outcome)) {
                    assertThat(OutcomesBySource.header(outcome, DeadLetter.CONTENT_HEADER))
                            .isIn("complete", "omitted");
                }
            });
        }
    }

    private static CompletableFuture<Outcome> classify(EventReader reader, RawEvent event) {
        try {
            String id = reader.read(event).get(0).id();
            return CompletableFuture.completedFuture(LabelEncoder.JSON.encode(
                    event,
                    new LabelEvent(
                            id,
                            List.of(new LabelEvent.Label("any", 0, 1)),
                            new LabelEvent.ModelReference("stand-in", "none"),
                            event.source())));
        } catch (RejectedEventException e) {
            return CompletableFuture.completedFuture(DeadLetter.of(event, e));
        }
    }

    private void send(TestCluster cluster, String topic) throws Exception {
        for (String compression : COMPRESSIONS) {
            try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of(
                            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            cluster.bootstrap(),
                            ProducerConfig.COMPRESSION_TYPE_CONFIG,
                            compression,
                            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                            8 * LARGEST,
                            ProducerConfig.BATCH_SIZE_CONFIG,
                            4 * LARGEST),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (int i = 0; i < EVENTS / COMPRESSIONS.length; i++) {
                    producer.send(event(topic)).get();
                }
            }
        }
    }

    private ProducerRecord<byte[], byte[]> event(String topic) {
        long timestamp =
                switch (random.nextInt(5)) {
                    case 0 -> 0;
                    case 1 -> Long.MAX_VALUE;
                    case 2 -> System.currentTimeMillis() + 10 * 86_400_000L;
                    case 3 -> random.nextLong(4_000_000_000_000L);
                    default -> System.currentTimeMillis();
                };
        RecordHeaders headers = new RecordHeaders();
        int count = random.nextInt(3) == 0 ? pick(999, 1_000, 1_001, 3_000) : random.nextInt(4);
        for (int i = 0; i < count; i++) {
            headers.add("n".repeat(random.nextInt(20)), random.nextInt(5) == 0 ? null : bytes(random.nextInt(100)));
        }
        return new ProducerRecord<>(topic, random.nextInt(2), timestamp, part(5_000), part(LARGEST), headers);
    }

    /** Returns null or bytes; their number is often close to a limit. */
    private byte[] part(int most) {
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> bytes(Math.min(most, pick(4_095, 4_096, 4_097, 16_000, 16_384, 19_900, 20_000, 99_900, 100_000)));
            case 3 -> bytes(Math.max(0, most - random.nextInt(400)));
            case 4 -> ("{\"image\": \"AQID\", \"id\": \"" + "i".repeat(random.nextInt(4_200)) + "\"}")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            default -> bytes(random.nextInt(2_000));
        };
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        }
        return bytes;
    }
}
