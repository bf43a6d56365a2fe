package io.resnetstreams.cli;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEventSerde;
import io.resnetstreams.events.SourcePosition;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Audits a pipeline's topics. */
@Command(
        name = "check",
        description = {
            "Reads input, labels and dead letters to their present ends and counts: events without outcome (lost),",
            "outcomes doubled or out of order, events with a label and a dead letter, outcomes without an event (ghosts),",
            "dead letters that are not their event byte for byte. Exit code 1 if there is any. The pipeline should have",
            "caught up; what it has not reached yet counts as lost, what comes meanwhile is left out."
        },
        footer = "%nExample: resnet-streams check --bootstrap localhost:9092")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private PipelineOptions options;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Where Kafka is.")
    private String bootstrap;

    @Option(names = "--input", paramLabel = "TOPIC", description = "The topic of events.")
    private String input;

    @Option(names = "--output", paramLabel = "TOPIC", description = "The topic of labels.")
    private String labels;

    @Option(names = "--dead-letters", paramLabel = "TOPIC", description = "The topic of dead letters.")
    private String deadLetters;

    private final Deserializer<LabelEvent> deserializer = LabelEventSerde.deserializer();

    @Override
    public Integer call() {
        Map<String, String> own = new HashMap<>();
        own.put("bootstrapServers", bootstrap);
        own.put("topics.input", input);
        own.put("topics.labels", labels);
        own.put("topics.deadLetters", deadLetters);
        Configuration configuration = options.load(own);
        TopicAudit.Result result = audit(configuration);
        output.printJson(result);
        output.text()
                .printf(
                        "%,d events, %,d labels, %,d dead letters: %,d lost, %,d doubled, %,d out of order, %,d both,"
                                + " %,d ghosts, %,d altered, %,d malformed%n",
                        result.events(),
                        result.labels(),
                        result.deadLetters(),
                        result.lost(),
                        result.duplicates(),
                        result.outOfOrder(),
                        result.both(),
                        result.ghosts(),
                        result.altered(),
                        result.malformed());
        result.examples().forEach((fault, places) -> output.text().println("  " + fault + ": " + places));
        return result.isFaultless() ? 0 : 1;
    }

    private TopicAudit.Result audit(Configuration configuration) {
        TopicAudit audit = new TopicAudit();
        TopicScan scan = new TopicScan(new KafkaClients(configuration));
        String inputTopic = configuration.topics().input();
        // Fixed first: what comes later is not audited, since its outcome may not be there yet.
        Map<TopicPartition, TopicScan.Range> range = scan.ranges(inputTopic);
        range.forEach((partition, offsets) -> audit.range(partition.partition(), offsets.begin(), offsets.end()));
        scan.scan(configuration.topics().deadLetters(), record -> {
            deadLetter(audit, inputTopic, record);
            return true;
        });
        scan.scan(configuration.topics().labels(), record -> {
            label(audit, inputTopic, record);
            return true;
        });
        scan.scan(inputTopic, range, record -> {
            SourcePosition source =
                    new SourcePosition(record.topic(), record.partition(), record.offset(), record.timestamp());
            audit.event(source, audit.needsDigest(source) ? digest(record) : null);
            return true;
        });
        // What has expired meanwhile was not read, though its outcomes may have been.
        scan.ranges(inputTopic).forEach((partition, offsets) -> audit.forget(partition.partition(), offsets.begin()));
        return audit.result(inputTopic);
    }

    private static String place(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition();
    }

    private void label(TopicAudit audit, String inputTopic, ConsumerRecord<byte[], byte[]> record) {
        try {
            LabelEvent event = deserializer.deserialize(record.topic(), record.value());
            if (event == null || event.source() == null || event.source().topic() == null) {
                audit.malformed(place(record), record.offset(), "no label event");
            } else if (event.source().topic().equals(inputTopic)) {
                audit.label(place(record), event.source());
            }
        } catch (SerializationException e) {
            audit.malformed(place(record), record.offset(), e.getMessage());
        }
    }

    private static void deadLetter(TopicAudit audit, String inputTopic, ConsumerRecord<byte[], byte[]> record) {
        Optional<SourcePosition> source = DeadLetter.sourceOf(record.headers(), record.timestamp());
        if (source.isEmpty()) {
            audit.malformed(place(record), record.offset(), "no source position in its headers");
        } else if (source.get().topic().equals(inputTopic)) {
            boolean hasContent = !DeadLetter.isWithoutContent(record.headers());
            audit.deadLetter(place(record), source.get(), hasContent ? digest(record) : null);
        }
    }

    /** Tells a missing key or value from an empty one. */
    private static byte[] digest(ConsumerRecord<byte[], byte[]> record) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : new byte[][] {record.key(), record.value()}) {
                digest.update(ByteBuffer.allocate(4)
                        .putInt(part == null ? -1 : part.length)
                        .array());
                digest.update(part == null ? new byte[0] : part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
