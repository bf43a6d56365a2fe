package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.Stage;
import io.resnetstreams.events.TestEvents;
import io.resnetstreams.kafka.KafkaClients;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topics with less than 100 kB of compressed records, which are 600 MB uncompressed, are read with little memory. */
class ReadersMemoryIT {
    private static final int EVENTS = 60;
    private static final int EDGE = 1_825;
    private static final String HEAP = "256m";
    private static final String INPUT = "image-events";

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start("topics.partitions=1");
        byte[] image = image();
        RecordHeaders none = new RecordHeaders();
        send(i -> new ProducerRecord<>(INPUT, 0, 1_000L + i, key(i), image));
        send(i -> {
            RawEvent event = new RawEvent(new SourcePosition(INPUT, 0, i, 0), key(i), image, none);
            DeadLetter letter = new DeadLetter(event, Stage.DECODE, "corrupt", "a reason", "java.lang.Exception");
            return new ProducerRecord<>("image-events-dlq", 0, key(i), image, letter.headers());
        });
        byte[] label = label(0);
        byte[] large = Arrays.copyOf(label, image.length);
        Arrays.fill(large, label.length, large.length, (byte) ' ');
        send(i -> new ProducerRecord<>("image-labels", 0, key(i), i == EVENTS - 1 ? label(i) : large));
    }

    private static byte[] label(int offset) {
        return TestEvents.encoded(new LabelEvent(
                        "event",
                        List.of(new LabelEvent.Label("cat", 0, 0.5f)),
                        new LabelEvent.ModelReference("model", "00"),
                        new SourcePosition(INPUT, 0, offset, 1_000)))
                .value();
    }

    private static byte[] key(int number) {
        return Integer.toString(number).getBytes(UTF_8);
    }

    /** Returns a 10 MB image in a format without compression. */
    private static byte[] image() {
        int pixels = EDGE * EDGE * 3 + EDGE;
        ByteBuffer bmp = ByteBuffer.allocate(54 + pixels).order(ByteOrder.LITTLE_ENDIAN);
        bmp.put((byte) 'B').put((byte) 'M').putInt(bmp.capacity()).putInt(0).putInt(54);
        bmp.putInt(40).putInt(EDGE).putInt(EDGE).putShort((short) 1).putShort((short) 24);
        bmp.putInt(0).putInt(pixels);
        return bmp.array();
    }

    /** Sends all records in one compressed batch. */
    private static void send(IntFunction<ProducerRecord<byte[], byte[]>> record) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap());
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 20);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 256 << 20);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 128 << 20);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 60_000);
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < EVENTS; i++) {
                producer.send(record.apply(i));
            }
            producer.flush();
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({
        // Each event has a dead letter, and one has 60 labels.
        "1, check",
        "0, dlq list",
        "0, dlq show",
        "0, dlq replay --limit 30",
        "0, labels --from-beginning --count 60",
        "0, backfill diff live live",
        // Fails because it can't ask for confirmation without a terminal.
        "2, backfill --from beginning --to now --output again --run again --plan",
    })
    void aCommandReadsLargeRecords(int exitCode, String words) throws Exception {
        List<String> line = new ArrayList<>(List.of(words.split(" ")));
        line.addAll(List.of("--bootstrap", cluster.bootstrap()));
        InstanceProcess command = cluster.track(InstanceProcess.command(HEAP, line));
        assertThat(command.awaitEnd(Duration.ofSeconds(200))).as(command.log()).isEqualTo(exitCode);
        assertThat(command.log()).doesNotContain("OutOfMemory").doesNotContain("failed");
    }

    @Test
    void aPollIsLimitedByMemory() {
        assertThat(KafkaClients.pollRecords(16 << 20, 256 << 20)).isEqualTo(2);
        assertThat(KafkaClients.pollRecords(16 << 20, 8L << 30)).isEqualTo(4);
        assertThat(KafkaClients.pollRecords(1 << 30, 64 << 20)).isEqualTo(1);
        assertThat(KafkaClients.pollRecords(1_024, 8L << 30)).isEqualTo(500);
    }
}
