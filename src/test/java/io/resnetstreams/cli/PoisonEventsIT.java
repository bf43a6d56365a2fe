package io.resnetstreams.cli;

import static io.resnetstreams.cli.OutcomesBySource.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.topology.Guarantee;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Events whose usual outcomes the broker rejects, and topics that reject outcomes, with a real instance: the instance
 * continues, and the next valid event gets a label.
 */
class PoisonEventsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int MEGABYTE = 1 << 20;

    private static byte[] junk(int bytes) {
        byte[] junk = new byte[bytes];
        new SplittableRandom(5).nextBytes(junk);
        junk[0] = 1;
        return junk;
    }

    private static Producer<byte[], byte[]> producer(TestCluster cluster, String compression) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        cluster.bootstrap(),
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        compression,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        256 * MEGABYTE,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        512L * MEGABYTE,
                        ProducerConfig.LINGER_MS_CONFIG,
                        200,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 * MEGABYTE),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
        return new ProducerRecord<>("image-events", 0, null, key, value, new RecordHeaders());
    }

    private static void send(TestCluster cluster, String compression, List<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        try (Producer<byte[], byte[]> producer = producer(cluster, compression)) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }

    private static void set(TestCluster cluster, String topic, Map<String, String> settings) throws Exception {
        try (Admin admin = cluster.clients().admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            settings.entrySet().stream()
                                    .map(setting -> new AlterConfigOp(
                                            new ConfigEntry(setting.getKey(), setting.getValue()),
                                            AlterConfigOp.OpType.SET))
                                    .toList()))
                    .all()
                    .get();
        }
    }

    private static OutcomesBySource outcomes(TestCluster cluster) {
        return new OutcomesBySource(cluster.bootstrap(), "image-labels", "image-events-dlq");
    }

    private static void assertStopsCleanly(InstanceProcess instance) throws InterruptedException {
        assertThat(instance.log()).doesNotContain("OutOfMemoryError");
        assertThat(instance.terminate()).as(instance::log).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = "EXACTLY_ONCE_V2")
    void anEventWithManyHeadersBecomesADeadLetterWithoutThem(Guarantee guarantee) throws Exception {
        try (TestCluster cluster = TestCluster.start();
                OutcomesBySource outcomes = outcomes(cluster)) {
            RecordHeaders headers = new RecordHeaders();
            byte[] content = "h".repeat(290).getBytes(UTF_8);
            for (int i = 0; i < 55_915; i++) {
                headers.add("name-%05d".formatted(i), content);
            }
            byte[] good = TestCluster.sampleImage();
            send(
                    cluster,
                    "zstd",
                    List.of(
                            new ProducerRecord<>("image-events", 0, null, new byte[] {1}, good, headers),
                            record(new byte[] {2}, good)));
            InstanceProcess instance = cluster.run("guarantee=" + guarantee.property());
            outcomes.await(2, PATIENCE);
            ConsumerRecord<byte[], byte[]> letter = outcomes.only(0, 0);
            assertThat(header(letter, DeadLetter.CODE_HEADER)).isEqualTo("too_many_headers");
            assertThat(header(letter, DeadLetter.CONTENT_HEADER)).isEqualTo("omitted");
            assertThat(outcomes.isLabel(outcomes.only(0, 1))).isTrue();
            assertStopsCleanly(instance);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "EXACTLY_ONCE_V2")
    void aDeadLetterTopicOfOneMegabyteAcceptsDeadLettersWithoutContent(Guarantee guarantee) throws Exception {
        try (TestCluster cluster = TestCluster.start();
                OutcomesBySource outcomes = outcomes(cluster)) {
            set(cluster, "image-events-dlq", Map.of("max.message.bytes", "1048588"));
            send(
                    cluster,
                    "none",
                    List.of(
                            record(new byte[] {1}, junk(2 * MEGABYTE)),
                            record(new byte[] {2}, junk(MEGABYTE / 2)),
                            record(new byte[] {3}, TestCluster.sampleImage())));
            InstanceProcess instance = cluster.run("guarantee=" + guarantee.property());
            outcomes.await(3, PATIENCE);
            assertThat(header(outcomes.only(0, 0), DeadLetter.CODE_HEADER)).isEqualTo("unknown_format");
            assertThat(header(outcomes.only(0, 0), DeadLetter.CONTENT_HEADER)).isEqualTo("omitted");
            assertThat(header(outcomes.only(0, 1), DeadLetter.CONTENT_HEADER)).isEqualTo("complete");
            assertThat(outcomes.only(0, 1).value()).isEqualTo(junk(MEGABYTE / 2));
            assertThat(outcomes.isLabel(outcomes.only(0, 2))).isTrue();
            assertThat(instance.log()).contains("Topic image-events-dlq has max.message.bytes=1048588");
            assertStopsCleanly(instance);
        }
    }

    /** The settings change before the instance reads them again, so it learns of them from the broker's rejections. */
    @ParameterizedTest
    @EnumSource(names = "EXACTLY_ONCE_V2")
    void settingsThatChangeDuringARunAreDetected(Guarantee guarantee) throws Exception {
        try (TestCluster cluster = TestCluster.start();
                OutcomesBySource outcomes = outcomes(cluster)) {
            byte[] good = TestCluster.sampleImage();
            InstanceProcess instance =
                    cluster.run("guarantee=" + guarantee.property()).awaitRunning();
            send(cluster, "none", List.of(record(new byte[] {1}, good)));
            outcomes.await(1, PATIENCE);
            set(cluster, "image-events-dlq", Map.of("max.message.bytes", "1048588"));
            set(cluster, "image-labels", Map.of("cleanup.policy", "compact"));
            send(
                    cluster,
                    "none",
                    List.of(
                            record(new byte[] {1}, junk(2 * MEGABYTE)),
                            record(null, good),
                            record(new byte[] {3}, good)));
            outcomes.await(4, PATIENCE);
            assertThat(header(outcomes.only(0, 1), DeadLetter.CONTENT_HEADER)).isEqualTo("omitted");
            assertThat(header(outcomes.only(0, 2), DeadLetter.CODE_HEADER)).isIn("label_refused", "label_without_key");
            assertThat(outcomes.isLabel(outcomes.only(0, 3))).isTrue();
            assertStopsCleanly(instance);
        }
    }

    @Test
    void outcomesGetTheCurrentTimeIfTheirTopicRejectsTheEventsTimestamp() throws Exception {
        try (TestCluster cluster = TestCluster.start();
                OutcomesBySource outcomes = outcomes(cluster)) {
            set(cluster, "image-events", Map.of("message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE)));
            Map<String, String> strict = Map.of("message.timestamp.before.max.ms", "3600000");
            set(cluster, "image-labels", strict);
            set(cluster, "image-events-dlq", strict);
            byte[] good = TestCluster.sampleImage();
            long farAhead = 9_000_000_000_000_000L;
            long before = System.currentTimeMillis();
            send(
                    cluster,
                    "none",
                    List.of(
                            new ProducerRecord<>("image-events", 0, 0L, null, good),
                            new ProducerRecord<>("image-events", 0, farAhead, null, good),
                            new ProducerRecord<>("image-events", 0, 17L, null, new byte[] {1}),
                            new ProducerRecord<>("image-events", 0, before, null, good)));
            InstanceProcess instance = cluster.run();
            outcomes.await(4, PATIENCE);
            for (long offset = 0; offset < 3; offset++) {
                assertThat(outcomes.only(0, offset).timestamp()).isGreaterThanOrEqualTo(before);
            }
            assertThat(new String(outcomes.only(0, 1).value(), UTF_8)).contains("\"timestamp\":" + farAhead);
            assertThat(header(outcomes.only(0, 2), DeadLetter.TIMESTAMP_HEADER)).isEqualTo("17");
            assertThat(outcomes.only(0, 3).timestamp()).isEqualTo(before);
            assertStopsCleanly(instance);
        }
    }

    /** One poll of all images would need 600 MB; the instance has a heap of 512 MB, as in the deployment. */
    @ParameterizedTest
    @EnumSource(names = "EXACTLY_ONCE_V2")
    void highlyCompressedImagesAreReadAFewAtATime(Guarantee guarantee) throws Exception {
        try (TestCluster cluster = TestCluster.start();
                OutcomesBySource outcomes = outcomes(cluster)) {
            byte[] bitmap = bitmap(1_800, 1_800);
            int images = 60;
            try (Producer<byte[], byte[]> producer = producer(cluster, "zstd")) {
                for (int i = 0; i < images; i++) {
                    producer.send(record(new byte[] {(byte) i}, bitmap));
                }
            }
            InstanceProcess instance = cluster.run("guarantee=" + guarantee.property());
            outcomes.await(images, PATIENCE);
            for (int i = 0; i < images; i++) {
                assertThat(outcomes.isLabel(outcomes.only(0, i))).isTrue();
            }
            assertStopsCleanly(instance);
        }
    }

    /** Returns a white bitmap with 24 bits per pixel, without compression. */
    private static byte[] bitmap(int width, int height) {
        int row = (width * 3 + 3) / 4 * 4;
        java.nio.ByteBuffer file =
                java.nio.ByteBuffer.allocate(54 + row * height).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(54);
        file.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) 24);
        java.util.Arrays.fill(file.array(), 54, file.capacity(), (byte) 0xFF);
        return file.array();
    }

    @Test
    void aDeletedTopicStopsTheInstanceAndIsNamed() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess instance = cluster.run().awaitRunning();
            try (Admin admin = cluster.clients().admin()) {
                admin.deleteTopics(Set.of("image-labels")).all().get();
            }
            assertThat(instance.awaitEnd(PATIENCE)).as(instance::log).isEqualTo(1);
            assertThat(instance.log()).contains("failed: topic 'image-labels' does not exist");
        }
    }

    /** Repeats tests from above with the other guarantee, which writes to the same topics in the same way. */
    @Test
    @Tag("full") // The tests above cover exactly_once_v2.
    void withAtLeastOnceTheSameHolds() throws Exception {
        anEventWithManyHeadersBecomesADeadLetterWithoutThem(Guarantee.AT_LEAST_ONCE);
        aDeadLetterTopicOfOneMegabyteAcceptsDeadLettersWithoutContent(Guarantee.AT_LEAST_ONCE);
        settingsThatChangeDuringARunAreDetected(Guarantee.AT_LEAST_ONCE);
        highlyCompressedImagesAreReadAFewAtATime(Guarantee.AT_LEAST_ONCE);
    }

    /** The setting that docs/security.md recommends against records that no client can hold. */
    @Test
    void anUncompressedTopicRejectsRecordsByUncompressedSize() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            set(cluster, "image-events", Map.of("compression.type", "uncompressed"));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> send(cluster, "zstd", List.of(record(null, new byte[40 * MEGABYTE]))))
                    .withCauseInstanceOf(RecordTooLargeException.class);
            send(cluster, "zstd", List.of(record(null, TestCluster.sampleImage())));
        }
    }
}
