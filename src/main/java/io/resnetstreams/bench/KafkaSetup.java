package io.resnetstreams.bench;

import io.resnetstreams.demo.EmbeddedBroker;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.metrics.PipelineMonitor.GroupSource;
import io.resnetstreams.topology.Guarantee;
import io.resnetstreams.topology.InFlightLimits;
import io.resnetstreams.topology.OnGap;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.StreamsProperties;
import io.resnetstreams.topology.TopicCheck;
import io.resnetstreams.topology.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An embedded broker with events that were produced beforehand. Each measurement reads them again with its own group, and writes
 * to its own topics.
 */
public final class KafkaSetup implements AutoCloseable {
    public static final String INPUT = "events";
    static final int PARTITIONS = Math.max(6, Runtime.getRuntime().availableProcessors());
    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    public static final InFlightLimits IN_FLIGHT = new InFlightLimits(2_048, 64L << 20);
    private static final Duration TIMEOUT = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(20);

    private final int partitions;
    private final EmbeddedBroker broker;
    private final Admin admin;
    private int runs;

    public KafkaSetup(Path directory) throws IOException {
        this(directory, PARTITIONS);
    }

    /** Creates topics with the given number of partitions. */
    public KafkaSetup(Path directory, int partitions) throws IOException {
        this.partitions = partitions;
        this.broker = EmbeddedBroker.start(directory, 0, MAX_MESSAGE_BYTES + StreamsProperties.OUTCOME_HEADROOM_BYTES);
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        create(INPUT);
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    private void create(String topic) {
        NewTopic created =
                new NewTopic(topic, partitions, (short) 1).configs(StreamsProperties.topicSettings(MAX_MESSAGE_BYTES));
        try {
            admin.createTopics(List.of(created)).all().get();
            TopicCheck.awaitLeaders(admin, topic, partitions);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create the topic " + topic, e);
        }
    }

    /** Sends the given number of events, cycling through the values, evenly to all partitions. */
    public void produce(List<byte[]> values, int events) {
        produce(INPUT, values, events);
    }

    /** Creates a separate input topic, and sends events to it. */
    public void produceTo(String topic, List<byte[]> values, int events) {
        create(topic);
        produce(topic, values, events);
    }

    private void produce(String topic, List<byte[]> values, int events) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < events; i++) {
                byte[] value = values.get(i % values.size());
                producer.send(new ProducerRecord<>(topic, i % partitions, null, value), (metadata, e) -> {
                    if (e != null) {
                        failure.set(e);
                    }
                });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("an event could not be sent", failure.get());
        }
    }

    /** Returns a producer for events of any size. */
    public KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "batch.size",
                512 * 1024,
                "linger.ms",
                20,
                "max.request.size",
                MAX_MESSAGE_BYTES);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Returns settings for a measurement with its own group and output topics, which are created. */
    public PipelineSettings settings() {
        return settings(INPUT, IN_FLIGHT);
    }

    /** Returns such settings with another input topic or in-flight window. */
    public PipelineSettings settings(String input, InFlightLimits inFlight) {
        int run = ++runs;
        Topics topics = new Topics(input, "labels-" + run, "dead-letters-" + run);
        create(topics.labels());
        create(topics.deadLetters());
        return settings(broker.bootstrapServers(), "bench-" + run, topics, inFlight);
    }

    /** Returns the settings that all measurements share. */
    public static PipelineSettings settings(
            String bootstrapServers, String applicationId, Topics topics, InFlightLimits inFlight) {
        return new PipelineSettings(
                applicationId,
                bootstrapServers,
                topics,
                Guarantee.EXACTLY_ONCE_V2,
                1,
                MAX_MESSAGE_BYTES,
                inFlight,
                OnGap.WARN,
                Duration.ofSeconds(20),
                Map.of());
    }

    /** Returns such settings with a separate, empty input topic, for events that are sent during the measurement. */
    public PipelineSettings liveSettings() {
        String input = "events-" + (runs + 1);
        create(input);
        return settings(input, IN_FLIGHT);
    }

    /** Deletes the topics of {@link #liveSettings}. */
    public void deleteLive(PipelineSettings settings) throws InterruptedException, ExecutionException {
        admin.deleteTopics(List.of(settings.topics().input())).all().get();
        delete(settings);
    }

    /** Deletes a measurement's topics. */
    public void delete(PipelineSettings settings) throws InterruptedException, ExecutionException {
        admin.deleteTopics(List.of(settings.topics().labels(), settings.topics().deadLetters()))
                .all()
                .get();
    }

    /**
     * Returns the committed records a second on a topic, after the first ones. Records become visible commit by commit, so the
     * time is measured from the first poll with records to the last, and the records of the first are not counted.
     */
    double committedRate(String topic, int seconds) {
        return committedRate(topic, seconds, record -> {});
    }

    /**
     * Returns the rate as above.
     *
     * @param onCommitted receives each record when it is read, including those of the first poll
     */
    double committedRate(String topic, int seconds, Consumer<ConsumerRecord<byte[], byte[]>> onCommitted) {
        try (TopicReader reader = reader(topic)) {
            long start = System.nanoTime();
            long first = 0;
            long last = 0;
            long count = 0;
            while (last == first || System.nanoTime() < first + seconds * 1_000_000_000L) {
                ConsumerRecords<byte[], byte[]> records = reader.poll(POLL);
                if (!records.isEmpty()) {
                    last = System.nanoTime();
                    if (first == 0) {
                        first = last;
                    } else {
                        count += records.count();
                    }
                    records.forEach(onCommitted);
                } else if (System.nanoTime() - (first == 0 ? start : last) > TIMEOUT.toNanos()) {
                    throw new IllegalStateException("no record on " + topic + " for " + TIMEOUT.toSeconds() + " s");
                }
            }
            return count * 1e9 / (last - first);
        }
    }

    /** Returns the source of the metrics of a measurement's group. */
    GroupSource groupSource(PipelineSettings settings) {
        return new GroupSource(
                Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers())),
                settings.applicationId(),
                settings.topics().input(),
                this::committedReader);
    }

    private KafkaConsumer<byte[], byte[]> committedReader() {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Returns a reader of a topic's committed records from the beginning. */
    public TopicReader reader(String topic) {
        TopicReader reader = new TopicReader(committedReader(), TIMEOUT);
        reader.seekToBeginning(IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList());
        return reader;
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
    }
}
