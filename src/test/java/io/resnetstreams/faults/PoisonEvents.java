package io.resnetstreams.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The events of another supply, of which 15 % are made hostile: they are large, unusual or empty, or the broker rejects
 * their usual outcomes. The output topics need {@link #SETTINGS}.
 */
final class PoisonEvents implements EventSupply {
    /** Settings of both output topics, under which the broker rejects outcomes of hostile events. */
    static final Map<String, String> SETTINGS =
            Map.of("max.message.bytes", "65536", "message.timestamp.before.max.ms", "3600000");

    private static final int OF_EACH = 20;
    private static final int HOSTILE = 3;
    private static final int KINDS = 8;
    private static final long FAR_AHEAD = 9_000_000_000_000_000L;

    private final EventSupply supply;
    private final byte[] junk = new byte[200_000];

    PoisonEvents(EventSupply supply, Random random) {
        this.supply = supply;
        random.nextBytes(junk);
        junk[0] = 1;
    }

    static boolean isHostile(int number) {
        return Math.floorMod(Integer.hashCode(number) * 0x9E3779B9 >>> 7, OF_EACH) < HOSTILE;
    }

    private static int kind(int number) {
        return Math.floorMod(number / OF_EACH + number, KINDS);
    }

    @Override
    public Event event(int number) {
        return supply.event(number);
    }

    @Override
    public ProducerRecord<byte[], byte[]> record(String topic, int partition, int number) {
        if (!isHostile(number)) {
            return supply.record(topic, partition, number);
        }
        Event event = supply.event(number);
        byte[] key = event.id().getBytes(UTF_8);
        RecordHeaders headers = new RecordHeaders();
        byte[] value = event.value();
        Long timestamp = null;
        switch (kind(number)) {
            case 0 -> value = junk;
            case 1 -> value = new byte[3 << 20];
            case 2 -> {
                for (int i = 0; i < 6_000; i++) {
                    headers.add("header-" + i, key);
                }
            }
            case 3 -> headers.add("large", new byte[100_000]);
            case 4 -> {
                timestamp = 0L;
                value = new byte[] {1};
            }
            case 5 -> {
                timestamp = FAR_AHEAD;
                value = "{\"image\": 1}".getBytes(UTF_8);
            }
            case 6 -> value = null;
            default -> headers.add("content-type", "\u001b[2J\u009b\n".getBytes(UTF_8));
        }
        return new ProducerRecord<>(topic, partition, timestamp, key, value, headers);
    }

    /** Expects a dead letter for each hostile event. */
    @Override
    public void writeExpected(Path file, int events) throws IOException {
        supply.writeExpected(file, events);
        Map<String, String> lines = new java.util.LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            lines.put(line.substring(0, line.indexOf('\t')), line);
        }
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int number = 0; number < events; number++) {
                String id = supply.event(number).id();
                writer.write((isHostile(number) ? id + "\t" : lines.get(id)) + "\n");
            }
        }
    }
}
