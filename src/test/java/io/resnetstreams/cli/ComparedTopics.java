package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.TestEvents;
import io.resnetstreams.topology.TopicCheck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Topics with labels for {@code backfill diff}, and its result. */
final class ComparedTopics {
    private static final ModelReference MODEL = new ModelReference("resnet20", "ab".repeat(32));

    private final TestCluster cluster;

    ComparedTopics(TestCluster cluster) {
        this.cluster = cluster;
    }

    /** An exit code, standard output and standard error. */
    record Outcome(int exit, String out, String err) {
        JsonNode json() throws Exception {
            return new ObjectMapper().readTree(out);
        }
    }

    void create(String topic, int partitions) throws Exception {
        try (Admin admin = cluster.clients().admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
            TopicCheck.awaitLeaders(admin, topic, partitions);
        }
    }

    /** Returns a label's record for the partition that the pipeline would use. */
    static ProducerRecord<byte[], byte[]> label(
            String topic, int partitions, SourcePosition source, String label, double probability) {
        String id = "event " + source.offset() + " of " + source.topic() + "-" + source.partition();
        EncodedLabel encoded = TestEvents.encoded(
                new LabelEvent(id, List.of(new Label(label, 0, (float) probability)), MODEL, source));
        return new ProducerRecord<>(topic, source.partition() % partitions, id.getBytes(UTF_8), encoded.value());
    }

    Outcome diff(String... words) {
        List<String> arguments = new ArrayList<>(List.of("backfill", "diff", "--bootstrap", cluster.bootstrap()));
        arguments.addAll(List.of(words));
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, UTF_8));
        System.setErr(new PrintStream(err, true, UTF_8));
        try {
            int exit = Main.commandLine().execute(arguments.toArray(String[]::new));
            return new Outcome(exit, out.toString(UTF_8), err.toString(UTF_8));
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
    }
}
