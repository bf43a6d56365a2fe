package io.resnetstreams.cli;

import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.common.PlainText;
import io.resnetstreams.common.Text;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "labels",
        description = "Print labels as they are written, as a table or, with --json, as lines of JSON.",
        footer = {"", "Example:", "  resnet-streams labels --from-beginning --count 100"})
final class LabelsCommand extends KafkaCommand {
    private static final int BAR_WIDTH = 10;
    private static final Duration POLL = Duration.ofMillis(200);

    @Option(names = "--topic", paramLabel = "NAME", description = "Label topic.")
    private String topic;

    @Option(names = "--from-beginning", description = "Start with the oldest label instead of the next one.")
    private boolean fromBeginning;

    @Option(names = "--count", paramLabel = "N", description = "Exit after N labels (default: never).")
    private Long count;

    /** Created by {@link #call}, since loading Jackson would slow down {@code --help}. */
    private Deserializer<LabelEvent> deserializer;

    @Override
    public Integer call() {
        OptionRange.requireAtLeastOne("--count", count);
        Configuration configuration = load("topics.labels", topic);
        deserializer = LabelEvent.deserializer();
        KafkaClients clients = new KafkaClients(configuration.connection());
        List<TopicPartition> partitions =
                clients.partitions(configuration.topics().labels());
        if (!output.json) {
            System.out.printf("%-36s %-20s %-" + BAR_WIDTH + "s %6s %9s%n", "id", "label", "", "", "latency");
        }
        try (TopicReader reader = new TopicReader(clients.committedReader())) {
            if (fromBeginning) {
                reader.seekToBeginning(partitions);
            } else {
                reader.seek(reader.ends(partitions));
            }
            long left = count == null ? Long.MAX_VALUE : count;
            while (left > 0 && !System.out.checkError()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    if (left > 0 && print(record)) {
                        left--;
                    }
                }
            }
        }
        return 0;
    }

    private boolean print(ConsumerRecord<byte[], byte[]> record) {
        LabelEvent event;
        try {
            event = deserializer.deserialize(record.topic(), record.value());
            if (event == null) {
                return false;
            }
            if (event.missing() != null) {
                throw new SerializationException("a label event without " + event.missing());
            }
        } catch (SerializationException e) {
            System.err.println(record.topic() + "-" + record.partition() + "@" + record.offset() + ": "
                    + PlainText.of(e.getMessage()));
            return false;
        }
        if (output.json) {
            output.printJson(event);
            return true;
        }
        LabelEvent.Label best = event.labels().get(0);
        double seconds = (System.currentTimeMillis() - event.source().timestamp()) / 1e3;
        output.printf(
                "%-36s %-20s %s %5.1f%% %7.2f s%n",
                Text.shorten(event.id(), 36),
                Text.shorten(best.label(), 20),
                Text.bar(best.probability(), BAR_WIDTH),
                best.probability() * 100,
                seconds);
        return true;
    }
}
