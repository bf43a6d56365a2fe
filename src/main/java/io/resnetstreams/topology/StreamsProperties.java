package io.resnetstreams.topology;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.assignment.assignors.StickyTaskAssignor;

/** Kafka Streams' properties for events that are images of many kilobytes rather than rows of a hundred bytes. */
public final class StreamsProperties {
    /** A dead letter is its event plus headers that say why; a label has its event's key and headers. */
    public static final int OUTCOME_HEADROOM_BYTES = 64 * 1024;

    /** Ends {@code main.consumer.} too. */
    private static final String CONSUMER_PREFIX = "consumer.";

    private static final String READ_COMMITTED = IsolationLevel.READ_COMMITTED.toString();

    /** How long an outcome may wait for its commit. */
    static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

    /**
     * An instance that was silent for so long is taken for dead: its session and its transaction end. It is the shortest
     * session that brokers allow by default.
     */
    private static final int SILENCE_MILLIS = 6_000;

    private static final int MEBIBYTE = 1024 * 1024;

    /** More cost no less for each record. */
    private static final int MOST_POLL_RECORDS = 500;

    private static final int LARGEST_FETCH_BYTES = 16 * MEBIBYTE;
    /** A window is filled in about so many polls, and so many fetches: each may overshoot it. */
    private static final int FILLS_OF_A_WINDOW = 4;

    /** Of a photograph, by which polls are bounded where the window is small in bytes. */
    private static final int TYPICAL_EVENT_BYTES = 128 * 1024;

    private StreamsProperties() {}

    /**
     * Returns the properties.
     *
     * @throws IllegalArgumentException if the settings hold a Kafka property that would break a promise
     */
    public static Properties of(PipelineSettings settings) {
        settings.kafka().forEach((name, value) -> refuseUnsafe(settings, name, value));
        Map<String, Object> values = new HashMap<>();
        values.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        values.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        values.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG, settings.guarantee().property());
        values.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.streamThreads());
        values.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
        // How long it may sleep where nothing happens; StreamThreadSleep wakes it for outcomes and for commits.
        values.put(StreamsConfig.POLL_MS_CONFIG, 100);
        values.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, ArrivalTime.class);
        values.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, maxPollRecords(settings.inFlight()));
        // A task has one partition and nothing to wait for. Any other value makes Kafka Streams format a message for
        // each
        // record it looks at, a third of the stream thread's time.
        values.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        // A broker that is away is waited for; Kafka adds this to the clock, so it can't be the greatest number.
        values.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, TimeUnit.DAYS.toMillis(7));
        // Who joins or leaves moves no partition of the others, whose events in flight would be done again. Kafka's
        // default shares tasks without state anew each time, and back from instances of a new version to the old.
        values.put(StreamsConfig.TASK_ASSIGNOR_CLASS_CONFIG, StickyTaskAssignor.class.getName());
        putConsumer(settings, values);
        putProducer(settings, values);
        values.putAll(settings.kafka());
        Properties properties = new Properties();
        properties.putAll(values);
        return properties;
    }

    private static void putConsumer(PipelineSettings settings, Map<String, Object> values) {
        putMain(values, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // Under either guarantee: an event of a transaction that was aborted never was.
        putMain(values, ConsumerConfig.ISOLATION_LEVEL_CONFIG, READ_COMMITTED);
        putMain(values, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords(settings.inFlight()));
        // A record that is larger comes all the same, alone.
        int fetchBytes = fetchBytes(settings.inFlight());
        putMain(values, ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetchBytes);
        putMain(values, ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Math.max(1, fetchBytes / 8));
        // Work of a killed instance resumes when its session ends, and the others learn that by their next heartbeat.
        putMain(values, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SILENCE_MILLIS);
        putMain(values, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_000);
    }

    private static int maxPollRecords(InFlightLimits inFlight) {
        long byBytes = inFlight.maxBytes() / TYPICAL_EVENT_BYTES;
        long byEvents = inFlight.maxEvents() / FILLS_OF_A_WINDOW;
        return (int) Math.max(1, Math.min(MOST_POLL_RECORDS, Math.min(byBytes, byEvents)));
    }

    /**
     * Returns what the records of one poll may have together, in uncompressed bytes: the window is exceeded by at most so
     * much, and by two records.
     */
    static long maxPollBytes(InFlightLimits inFlight) {
        return Math.max(1, inFlight.maxBytes() / FILLS_OF_A_WINDOW);
    }

    /** Returns the largest request that the producers of these properties send, in bytes. */
    static long maxRequestBytes(Properties properties) {
        Map<String, Object> producer = new StreamsConfig(properties).getProducerConfigs("");
        return Math.min(
                number(producer.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG)),
                number(producer.get(ProducerConfig.BUFFER_MEMORY_CONFIG)));
    }

    private static long number(Object value) {
        return Long.parseLong(value.toString().strip());
    }

    private static int fetchBytes(InFlightLimits inFlight) {
        return (int) Math.max(1, Math.min(LARGEST_FETCH_BYTES, inFlight.maxBytes() / FILLS_OF_A_WINDOW));
    }

    private static void putProducer(PipelineSettings settings, Map<String, Object> values) {
        int largestRequest = settings.maxMessageBytes() + OUTCOME_HEADROOM_BYTES;
        putFor(values, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largestRequest);
        putFor(values, ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(32L * MEBIBYTE, 2L * largestRequest));
        // An exactly-once outcome is seen only after its commit, which sends what lingers: larger requests cost
        // nothing.
        boolean seenAtCommit = settings.guarantee() == Guarantee.EXACTLY_ONCE_V2;
        putFor(values, ProducerConfig.LINGER_MS_CONFIG, seenAtCommit ? (int) COMMIT_INTERVAL.toMillis() : 5);
        // The compressor's buffers are made for each batch; Kafka's 16 KB are some dozen labels.
        putFor(values, ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
        putFor(values, ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // The open transaction of a killed instance hides later labels until it times out.
        putFor(values, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, SILENCE_MILLIS);
    }

    private static void putMain(Map<String, Object> values, String name, Object value) {
        values.put(StreamsConfig.mainConsumerPrefix(name), value);
    }

    private static void putFor(Map<String, Object> values, String name, Object value) {
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

    /** Returns the settings that a topic needs for records of the largest size, by Kafka's names. */
    public static Map<String, String> topicSettings(int maxMessageBytes) {
        return Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
    }
}
