package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.common.Png;
import io.resnetstreams.kafka.TopicScan;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many images of the maximum size at once, with many decode threads, in an instance with a heap of 512 MB. */
@Tag("full") // PixelBudgetTest, DecodeRoomTest and BackpressureIT test the parts of the limit.
class LargeImagesIT {
    private static final long SEED = Long.getLong("seed", 1);
    private static final int LARGEST_IMAGE = 20 << 20;
    private static final int ROUNDS = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    /**
     * In MB: heap 512, direct buffers 256, 1.25 of the largest decoded images 640, files 40, and the rest of the
     * process.
     */
    private static final long MOST_RESIDENT_BYTES = 1_800L << 20;

    private static final String[] SETTINGS = {
        "limits.maxImageBytes=" + LARGEST_IMAGE, "topics.maxMessageBytes=" + (28 << 20), "decode.threads=16"
    };

    @Test
    void imagesOf20MegabytesAndOf64MegapixelsFitIntoTheHeap() throws Exception {
        System.out.println("LargeImagesIT: repeat with -Dseed=" + SEED);
        byte[] noise = noise();
        byte[] json = ("{\"id\": \"json\", \"image\": \"" + Base64.getEncoder().encodeToString(noise) + "\"}")
                .getBytes(UTF_8);
        byte[] manyPixels = Png.encodeRgb(new byte[3 * 8_000 * 8_000], 8_000, 8_000);
        byte[] zeros = new byte[20_000_000];
        List<byte[]> values = List.of(noise, json, manyPixels, zeros);
        assertThat(noise.length).isBetween(LARGEST_IMAGE * 9 / 10, LARGEST_IMAGE);
        try (TestCluster cluster = TestCluster.start(SETTINGS)) {
            OutcomeFollower follower = cluster.follow(Map.of());
            int partitions = cluster.configuration().topicSettings().partitions();
            try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
                for (int i = 0; i < ROUNDS * values.size(); i++) {
                    String topic = cluster.configuration().topics().input();
                    byte[] value = values.get(i % values.size());
                    long offset = producer.send(new ProducerRecord<>(topic, i % partitions, null, value))
                            .get()
                            .offset();
                    follower.expect(i % partitions, offset);
                }
            }
            // Started after all events were sent, so that it takes as many at once as possible.
            InstanceProcess instance = cluster.run(SETTINGS).awaitRunning();
            await().atMost(PATIENCE)
                    .failFast(() -> instance.log().contains("ERROR"))
                    .until(() -> follower.snapshot().lost() == 0);
            long peak = instance.peakResidentBytes();
            System.out.printf("LargeImagesIT: peak of %,d MB resident%n", peak >> 20);
            assertThat(peak).isLessThan(MOST_RESIDENT_BYTES);
            assertThat(instance.terminate()).as(instance::log).isZero();
            assertThat(instance.log()).doesNotContain("OutOfMemoryError");
            follower.finish();
            OutcomeFollower.Snapshot outcomes = follower.snapshot();
            assertThat(outcomes.labels()).isEqualTo(3 * ROUNDS);
            assertThat(outcomes.deadLetters()).isEqualTo(ROUNDS);
            assertThat(outcomes.duplicates()).isZero();
            assertThat(cluster.check()).isZero();
            new TopicScan(cluster.clients())
                    .scan(cluster.configuration().topics().deadLetters(), letter -> {
                        assertThat(holds(letter, zeros)).isTrue();
                        return true;
                    });
        }
    }

    private static boolean holds(ConsumerRecord<byte[], byte[]> record, byte[] value) {
        return Arrays.equals(record.value(), value);
    }

    /** Returns a PNG that deflate can't compress. */
    private static byte[] noise() {
        byte[] rgb = new byte[3 * 2_600 * 2_600];
        new Random(SEED).nextBytes(rgb);
        return Png.encodeRgb(rgb, 2_600, 2_600);
    }
}
