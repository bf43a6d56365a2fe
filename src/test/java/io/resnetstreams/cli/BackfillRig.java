package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.ClassIsolation;
import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.BackfillPlanner;
import io.resnetstreams.backfill.BackfillTopics;
import io.resnetstreams.backfill.PartitionSelection;
import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.cli.backfill.BackfillCommand;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.SingleOutcome;
import io.resnetstreams.kafka.TopicCreation;
import io.resnetstreams.kafka.TopicScan;
import io.resnetstreams.service.ClassifierSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/** Runs backfills with a stub classifier in this JVM and a real broker. Each test uses an input topic of its own. */
final class BackfillRig implements AutoCloseable {
    private final TestCluster cluster;
    private final Admin admin;

    BackfillRig() throws Exception {
        // By default the log cleaner waits 15 s between runs.
        cluster = TestCluster.start(Map.of("log.cleaner.backoff.ms", "200"));
        admin = cluster.clients().admin();
    }

    /** Returns the numbers from {@code from}, inclusive, to {@code to}, exclusive. */
    static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    /** A command's output and exit code. */
    record Ran(int exitCode, String out, String err) {
        JsonNode json() throws Exception {
            return new ObjectMapper().readTree(out);
        }
    }

    TestCluster cluster() {
        return cluster;
    }

    Admin admin() {
        return admin;
    }

    void createTopic(String name, int partitions, Map<String, String> settings) throws Exception {
        Map<String, String> configs = new HashMap<>(settings);
        // The events have timestamps of 1970.
        configs.putIfAbsent(TopicConfig.RETENTION_MS_CONFIG, "-1");
        TopicCreation.create(cluster.clients(), List.of(new NewTopic(name, partitions, (short) 1).configs(configs)));
    }

    Set<String> topics() throws Exception {
        return admin.listTopics().names().get();
    }

    /** Runs a {@code backfill} command with a stub model of this name. */
    Ran run(String model, String... words) {
        return run(new StubSource(model), words);
    }

    /** Runs a {@code backfill} command with another source of labels. */
    Ran run(ClassifierSource source, String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--bootstrap", cluster.bootstrap()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        System.setOut(new PrintStream(out, true, UTF_8));
        System.setErr(new PrintStream(err, true, UTF_8));
        ClassIsolation.resetLogLevels();
        try {
            int exitCode = Main.commandLine(new BackfillCommand(source)).execute(arguments.toArray(String[]::new));
            return new Ran(exitCode, out.toString(UTF_8), err.toString(UTF_8));
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
            ClassIsolation.resetLogLevels();
        }
    }

    /** Relabels an input from its beginning until now. */
    Ran backfill(String input, String output, String run, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "--input", input, "--from", "beginning", "--to", "now", "--output", output, "--run", run, "--json"));
        words.addAll(List.of(more));
        return run("stub", words.toArray(String[]::new));
    }

    /** Starts a run over the whole input, as a process does that is killed before it relabels anything. */
    BackfillPlan begin(String input, String output, String run) throws Exception {
        Configuration configuration = cluster.configuration();
        BackfillPlan plan = new BackfillPlanner(cluster.clients())
                .plan(
                        run,
                        BackfillPlan.group(configuration.applicationId(), run),
                        new BackfillParameters(
                                input,
                                output,
                                output + "-dlq",
                                "beginning",
                                "now",
                                PartitionSelection.ALL,
                                Map.of(),
                                1,
                                false,
                                new StubSource("stub").reference(configuration),
                                configuration.guarantee()),
                        System.currentTimeMillis());
        BackfillTopics.create(cluster.clients(), plan, notice -> {});
        try (RunStore store = new RunStore(cluster.clients(), configuration.applicationId())) {
            return store.begin(plan).plan();
        }
    }

    /** Sets the offset of an inactive group in a topic's first partition. */
    void commit(String group, String topic, long offset) throws Exception {
        admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    /** Sends events of one byte to a partition, with ascending timestamps from 1,000. */
    void send(String topic, int partition, int count) {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            for (int i = 0; i < count; i++) {
                producer.send(event(topic, partition, i));
            }
        }
    }

    static ProducerRecord<byte[], byte[]> event(String topic, int partition, int number) {
        return new ProducerRecord<>(topic, partition, 1_000L + number, ("key-" + number).getBytes(UTF_8), new byte[] {
            (byte) (number % 100 + 1)
        });
    }

    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        new TopicScan(cluster.clients()).scan(topic, records::add);
        return records;
    }

    static LabelEvent label(ConsumerRecord<byte[], byte[]> record) {
        return LabelEvent.deserializer().deserialize(record.topic(), record.value());
    }

    static String run(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader(SingleOutcome.RUN_HEADER).value(), UTF_8);
    }

    static String model(ConsumerRecord<byte[], byte[]> record) {
        return new String(
                record.headers().lastHeader(SingleOutcome.MODEL_HEADER).value(), UTF_8);
    }

    /** Returns the source offsets of a partition's labels in output order. */
    List<Long> labelled(String output, int partition) {
        return records(output).stream()
                .filter(record -> record.partition() == partition)
                .map(record -> label(record).source().offset())
                .toList();
    }

    @Override
    public void close() {
        admin.close();
        cluster.close();
    }
}
