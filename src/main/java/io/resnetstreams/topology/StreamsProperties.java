package io.resnetstreams.topology;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.processor.assignment.assignors.StickyTaskAssignor;

/** Kafka Streams' properties for events that are images of many kilobytes rather than rows of a hundred bytes. */
public final class StreamsProperties {
    /** How much larger than its event an outcome may be: a dead letter is its event with more headers. */
    public static final int OUTCOME_HEADROOM_BYTES = 64 * 1024;

    /** Also the end of {@code main.consumer.}. */
    private static final String CONSUMER_PREFIX = "consumer.";

    private static final String READ_COMMITTED = IsolationLevel.READ_COMMITTED.toString();

    /** How long an outcome waits for its commit, unless the user sets {@code kafka.commit.interval.ms}. */
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

    /** Of an instance that no longer responds; the shortest session timeout that brokers allow by default. */
    private static final int DEAD_INSTANCE_MILLIS = 6_000;

    private static final int MEBIBYTE = 1024 * 1024;

    /** Larger polls are no cheaper per record. */
    private static final int MOST_POLL_RECORDS = 500;

    private static final int LARGEST_FETCH_BYTES = 16 * MEBIBYTE;

    /** The number of polls, and of fetches, that fill an in-flight window: each of them may exceed its limit. */
    private static final int POLLS_PER_WINDOW = 4;

    /** The size of a photograph; bounds the records of a poll if the window is small in bytes. */
    private static final int TYPICAL_EVENT_BYTES = 128 * 1024;

    private StreamsProperties() {}

    /**
     * Extracts the timestamp of an event, or the current time if its sender set none (-1, which brokers accept). Kafka
     * Streams' own extractor fails on such an event, which would end every instance that consumes it. Stateless.
     */
    public static final class ArrivalTime implements TimestampExtractor {
        @Override
        public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
            return record.timestamp() < 0 ? System.currentTimeMillis() : record.timestamp();
        }
    }

    /** Returns the properties; throws IllegalArgumentException if a Kafka property would break a guarantee. */
    public static Properties of(PipelineSettings settings) {
        settings.kafka().forEach((name, value) -> refuseUnsafe(settings, name, value));
        Properties values = new Properties();
        values.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        values.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        values.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG, settings.guarantee().property());
        values.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.streamThreads());
        values.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
        // The longest poll of an idle stream thread; StreamThreadPoll ends it earlier for outcomes and commits.
        values.put(StreamsConfig.POLL_MS_CONFIG, 100);
        values.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, ArrivalTime.class);
        values.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, maxPollRecords(settings.inFlight()));
        // A task has one partition, so it never waits for another one. With any other value Kafka Streams formats a
        // message for each record, which takes a third of the stream thread's time.
        values.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        // Wait for a broker that is down. Kafka adds this to the clock, so it can't be Long.MAX_VALUE.
        values.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, TimeUnit.DAYS.toMillis(7));
        // An instance that joins or leaves moves no other partition, since its events in flight would be reprocessed.
        // Kafka's default assignor redistributes all stateless tasks, even from a new version back to the old one.
        values.put(StreamsConfig.TASK_ASSIGNOR_CLASS_CONFIG, StickyTaskAssignor.class.getName());
        putConsumer(settings, values);
        putProducer(settings, values);
        values.putAll(settings.kafka());
        return values;
    }

    private static void putConsumer(PipelineSettings settings, Properties values) {
        putMain(values, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // With both guarantees, since events of aborted transactions must not be read.
        putMain(values, ConsumerConfig.ISOLATION_LEVEL_CONFIG, READ_COMMITTED);
        putMain(values, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords(settings.inFlight()));
        // A larger record is still fetched, alone.
        int fetchBytes = (int) Math.min(LARGEST_FETCH_BYTES, maxPollBytes(settings.inFlight()));
        putMain(values, ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetchBytes);
        putMain(values, ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Math.max(1, fetchBytes / 8));
        // The partitions of a killed instance are reassigned after its session timeout and the others' next heartbeat.
        putMain(values, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, DEAD_INSTANCE_MILLIS);
        putMain(values, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_000);
    }

    private static int maxPollRecords(InFlightLimits inFlight) {
        long byBytes = inFlight.maxBytes() / TYPICAL_EVENT_BYTES;
        long byEvents = inFlight.maxEvents() / POLLS_PER_WINDOW;
        return (int) Math.max(1, Math.min(MOST_POLL_RECORDS, Math.min(byBytes, byEvents)));
    }

    /** Returns the largest poll, in uncompressed bytes; it and two records may exceed the window. */
    static long maxPollBytes(InFlightLimits inFlight) {
        return Math.max(1, inFlight.maxBytes() / POLLS_PER_WINDOW);
    }

    /** Returns the largest request that the producers of these properties send, in bytes. */
    static long maxRequestBytes(Properties properties) {
        Map<String, Object> producer = new StreamsConfig(properties).getProducerConfigs("");
        return Math.min(
                number(producer.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG)),
                number(producer.get(ProducerConfig.BUFFER_MEMORY_CONFIG)));
    }

    /** Returns the effective {@code commit.interval.ms}: that of the properties, else Kafka's default for their guarantee. */
    static Duration commitInterval(Properties properties) {
        return Duration.ofMillis(new StreamsConfig(properties).getLong(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG));
    }

    private static long number(Object value) {
        return Long.parseLong(value.toString().strip());
    }

    private static void putProducer(PipelineSettings settings, Properties values) {
        int largestRequest = settings.maxMessageBytes() + OUTCOME_HEADROOM_BYTES;
        putFor(values, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largestRequest);
        putFor(values, ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(32L * MEBIBYTE, 2L * largestRequest));
        // With exactly-once, outcomes become visible with the commit, which flushes lingering batches, so lingering
        // adds no latency.
        boolean visibleAtCommit = settings.guarantee() == Guarantee.EXACTLY_ONCE_V2;
        putFor(values, ProducerConfig.LINGER_MS_CONFIG, visibleAtCommit ? (int) COMMIT_INTERVAL.toMillis() : 5);
        // The compressor allocates buffers for each batch; Kafka's default of 16 KB holds a few dozen labels.
        putFor(values, ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
        // kafkajs and kafka-python can't read LZ4, Snappy or Zstandard as installed.
        putFor(values, ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
        putFor(values, ProducerConfig.COMPRESSION_GZIP_LEVEL_CONFIG, 1);
        // The open transaction of a killed instance hides later labels from readers until it times out.
        putFor(values, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, DEAD_INSTANCE_MILLIS);
    }

    private static void putMain(Properties values, String name, Object value) {
        values.put(StreamsConfig.mainConsumerPrefix(name), value);
    }

    private static void putFor(Properties values, String name, Object value) {
        values.put(StreamsConfig.producerPrefix(name), value);
    }

    private static void refuseUnsafe(PipelineSettings settings, String name, String value) {
        int prefix = name.lastIndexOf(CONSUMER_PREFIX);
        switch (prefix < 0 ? name : name.substring(prefix + CONSUMER_PREFIX.length())) {
            case ConsumerConfig.GROUP_PROTOCOL_CONFIG -> {
                if (value.toLowerCase(Locale.ROOT).equals("streams")) {
                    throw new IllegalArgumentException(
                            "kafka.group.protocol is 'streams'; only 'classic' is allowed, since with 'streams' Kafka"
                                    + " Streams ignores the consumer that keeps the commit frontier, and a crash would"
                                    + " lose events");
                }
            }
            case StreamsConfig.PROCESSING_GUARANTEE_CONFIG -> throw owned(name, "guarantee");
            case StreamsConfig.APPLICATION_ID_CONFIG -> throw owned(name, "applicationId");
            case StreamsConfig.BOOTSTRAP_SERVERS_CONFIG -> throw owned(name, "bootstrapServers");
            case StreamsConfig.NUM_STREAM_THREADS_CONFIG -> throw owned(name, "streamThreads");
            case StreamsConfig.DEFAULT_CLIENT_SUPPLIER_CONFIG -> throw new IllegalArgumentException(
                    "kafka." + name + " can't be set: the pipeline's own clients keep the commit frontier");
            case ConsumerConfig.AUTO_OFFSET_RESET_CONFIG -> {
                if (!value.equals("earliest") && !value.equals("none")) {
                    throw new IllegalArgumentException("kafka." + name + " is '" + value
                            + "'; allowed are earliest and none, since anything else would skip events");
                }
            }
            case ConsumerConfig.ISOLATION_LEVEL_CONFIG -> {
                if (!value.equals(READ_COMMITTED)) {
                    throw new IllegalArgumentException("kafka." + name + " is '" + value + "'; allowed is "
                            + READ_COMMITTED + ", since events of aborted transactions would get labels");
                }
            }
            default -> {
                // Kafka checks the rest.
            }
        }
    }

    private static IllegalArgumentException owned(String name, String key) {
        return new IllegalArgumentException("kafka." + name + " can't be set; set the key " + key + " instead");
    }

    /** Returns the settings, by Kafka's names, of a topic for records of up to this size. */
    public static Map<String, String> topicSettings(int maxMessageBytes) {
        return Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
    }
}
