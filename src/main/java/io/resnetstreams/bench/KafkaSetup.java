package io.resnetstreams.bench;

import io.resnetstreams.demo.EmbeddedBroker;
import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.topology.StreamsProperties;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** An embedded broker. Each measurement reads the same events again with its own group, and writes to its own topics. */
final class KafkaSetup implements AutoCloseable {
    static final String INPUT = "events";
    private static final int PARTITIONS = Math.max(6, Runtime.getRuntime().availableProcessors());
    private static final int MAX_MESSAGE_BYTES =
            BenchSettings.PIPELINE.pipelineSettings().maxMessageBytes();

    private final int partitions;
    private final EmbeddedBroker broker;
    private final KafkaClients clients;
    private final Admin admin;
    private final Map<String, Supply> supplies = new HashMap<>();
    private int runs;

    KafkaSetup(BenchSettings settings, String name) throws IOException {
        this(settings, name, PARTITIONS);
    }

    /** Starts a broker whose topics have the given number of partitions. */
    KafkaSetup(BenchSettings settings, String name, int partitions) throws IOException {
        this.partitions = partitions;
        this.broker = EmbeddedBroker.start(
                settings.directory().resolve(name), 0, MAX_MESSAGE_BYTES + StreamsProperties.OUTCOME_HEADROOM_BYTES);
        this.clients = new KafkaClients(BenchSettings.PIPELINE
                .forEmbeddedBroker(broker.bootstrapServers())
                .connection());
        this.admin = clients.admin();
    }

    /** Returns a measurement of the existing events, with its own group and output topics. */
    TopologyRun run() throws InterruptedException {
        return run(INPUT, Map.of());
    }

    /** Returns such a measurement of another topic, with more keys of the configuration. */
    TopologyRun run(String input, Map<String, String> more) throws InterruptedException {
        return run(input, more, List.of());
    }

    /** Returns such a measurement with its own empty input topic, for events that are sent during the measurement. */
    TopologyRun liveRun() throws InterruptedException {
        String input = INPUT + "-" + (runs + 1);
        return run(input, Map.of(), List.of(input));
    }

    private TopologyRun run(String input, Map<String, String> more, List<String> inputs) throws InterruptedException {
        int number = ++runs;
        Map<String, String> keys = new LinkedHashMap<>(more);
        keys.put("bootstrapServers", broker.bootstrapServers());
        keys.put("applicationId", "bench-" + number);
        keys.put("topics.input", input);
        keys.put("topics.labels", "labels-" + number);
        keys.put("topics.deadLetters", "dead-letters-" + number);
        List<String> created = new ArrayList<>(inputs);
        created.addAll(List.of(keys.get("topics.labels"), keys.get("topics.deadLetters")));
        create(created);
        List<String> pairs = keys.entrySet().stream().map(Object::toString).toList();
        return new TopologyRun(
                this,
                BenchSettings.configuration(pairs),
                pairs,
                created,
                CommittedRate.FIRST_COMMITS,
                new ProcessorTime());
    }

    private void create(List<String> topics) throws InterruptedException {
        Map<String, String> settings = clients.topicSettings(false);
        TopicCreation.create(
                clients,
                topics.stream()
                        .map(topic -> new NewTopic(topic, partitions, (short) 1).configs(settings))
                        .toList());
    }

    /**
     * Creates a topic, and sends the given number of events, cycling through the values, evenly to all partitions. A
     * measurement that has read half of them sends more, so that a machine of any speed always has events to process.
     */
    void supply(String topic, List<byte[]> values, int events) throws InterruptedException {
        create(List.of(topic));
        Supply supply = new Supply(new Backlog(this, topic, values), events / 2);
        supplies.put(topic, supply);
        supply.backlog.keepAhead(0, events);
        supply.backlog.flush();
    }

    /** Sends more events to a topic of {@link #supply}, given the number of events that a measurement has read from it. */
    void topUp(String topic, long done) {
        Supply supply = supplies.get(topic);
        if (supply != null) {
            supply.backlog.keepAhead(done, supply.ahead);
        }
    }

    void delete(List<String> topics) {
        Futures.await(admin.deleteTopics(topics).all());
    }

    /** Returns the partition of the event with this number. */
    int partition(long event) {
        return (int) (event % partitions);
    }

    /** Returns a producer for events of any size. */
    KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("max.request.size", MAX_MESSAGE_BYTES);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Returns a consumer of committed records. */
    KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", false);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Returns a reader of a topic's committed records from the beginning. */
    TopicReader reader(String topic) {
        TopicReader reader = new TopicReader(consumer(Map.of()));
        reader.seekToBeginning(IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList());
        return reader;
    }

    private record Supply(Backlog backlog, int ahead) {}

    /** Sends events to all partitions of a topic in turn, also as a bounded backlog. */
    static final class Backlog implements AutoCloseable {
        /** With this backlog the consumer never waits, and the disk does not fill. */
        private static final long BACKLOG_BYTES =
                4 * BenchSettings.PIPELINE.window().maxBytes();
        /** The maximum number of bytes that a call sends. */
        private static final long BYTES_PER_CALL = 16L << 20;

        private final KafkaSetup kafka;
        private final KafkaProducer<byte[], byte[]> producer;
        private final String topic;
        private final List<byte[]> values;
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private long sent;

        Backlog(KafkaSetup kafka, String topic, List<byte[]> values) {
            this.kafka = kafka;
            this.producer = kafka.producer(Map.of("batch.size", 512 * 1024, "linger.ms", 20));
            this.topic = topic;
            this.values = values;
        }

        static long meanBytes(List<byte[]> values) {
            return values.stream().mapToLong(value -> value.length).sum() / values.size();
        }

        /** Sends an event; returns its size. */
        int send() {
            byte[] value = values.get((int) (sent % values.size()));
            producer.send(new ProducerRecord<>(topic, kafka.partition(sent), null, value), (metadata, e) -> {
                if (e != null) {
                    failure.set(e);
                }
            });
            sent++;
            return value.length;
        }

        /** Sends events until the backlog is full or the limit per call is reached, given the number of processed events. */
        void topUp(long done) {
            requireSent();
            long bytes = 0;
            while ((sent - done) * meanBytes(values) < BACKLOG_BYTES && bytes < BYTES_PER_CALL) {
                bytes += send();
            }
        }

        /** Sends events until this many are left, given the number of processed events. */
        void keepAhead(long done, int events) {
            requireSent();
            while (sent - done < events) {
                send();
            }
        }

        /** Waits until all events are on the broker. */
        void flush() {
            producer.flush();
            requireSent();
        }

        private void requireSent() {
            if (failure.get() != null) {
                throw new IllegalStateException("an event could not be sent", failure.get());
            }
        }

        @Override
        public void close() {
            producer.close();
            requireSent();
        }
    }

    @Override
    public void close() {
        try {
            supplies.values().forEach(supply -> supply.backlog.close());
        } finally {
            admin.close();
            broker.close();
        }
    }
}
