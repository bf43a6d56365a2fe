package io.resnetstreams.kafka;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.topology.StreamsProperties;
import io.resnetstreams.topology.TopicCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Creates Kafka's clients for a {@link Connection}, with its {@code kafka.} properties. Thread-safe. */
public final class KafkaClients {
    private static final Pattern WHICH_CLIENT =
            Pattern.compile("^(Failed to (create new \\w+|construct kafka \\w+): )+");
    private static final String SECURITY_PROTOCOL = AdminClientConfig.SECURITY_PROTOCOL_CONFIG;
    private static final int FETCH_BYTES = 8 << 20;
    private static final long MAX_POLL_BYTES = 64 << 20;
    /** One poll may fill this part of the heap; several readers may be open at the same time. */
    private static final int HEAP_SHARE = 8;

    private final Connection connection;
    private final Map<String, String> kafka;

    /**
     * How to connect to Kafka, and the topics used there.
     *
     * @param timeoutMillis how long a request waits for a broker
     * @param kafka Kafka's own properties, with unresolved references to secrets
     */
    public record Connection(
            String bootstrapServers, long timeoutMillis, TopicSettings topics, Map<String, String> kafka) {}

    /** Reads the secrets that the properties refer to; throws UserErrorException if one is missing. */
    public KafkaClients(Connection connection) {
        this.connection = connection;
        this.kafka = KafkaProperties.resolve(connection.kafka());
    }

    /** Returns the connection of the clients. */
    public Connection connection() {
        return connection;
    }

    /** Returns an admin client. */
    public Admin admin() {
        Map<String, Object> properties = common(AdminClientConfig.configNames(), "admin.");
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) connection.timeoutMillis());
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) connection.timeoutMillis());
        return created(() -> Admin.create(properties));
    }

    /** Returns an idempotent producer for images. */
    public Producer<byte[], byte[]> producer() {
        Map<String, Object> properties = common(ProducerConfig.configNames(), "producer.");
        properties.putIfAbsent(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, connection.topics().maxMessageBytes());
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        properties.putIfAbsent(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                Math.max(64L << 20, 2L * connection.topics().maxMessageBytes()));
        return created(() -> new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** Returns a producer with this transactional id; a transaction that an earlier one with the same id left open is aborted. */
    public Producer<byte[], byte[]> transactionalProducer(String transactionalId) {
        Map<String, Object> properties = common(ProducerConfig.configNames(), "producer.");
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        // If this process crashes, other processes wait this long for its transaction.
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        return created(() -> new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** Returns a consumer that stays a member of a group until it is closed, however rarely it polls. */
    public Consumer<byte[], byte[]> groupMember(String group) {
        Map<String, Object> properties = common(ConsumerConfig.configNames(), "consumer.");
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
        bound(properties);
        return consumer(properties);
    }

    /** Returns a consumer outside any group that sees only committed records; {@link TopicReader} reads with it. */
    public Consumer<byte[], byte[]> committedReader() {
        return reader(false);
    }

    /** Returns a consumer as {@link #committedReader} does, which fetches single records. */
    public Consumer<byte[], byte[]> firstRecordReader() {
        return reader(true);
    }

    private Consumer<byte[], byte[]> reader(boolean singleRecords) {
        Map<String, Object> properties = common(ConsumerConfig.configNames(), "consumer.");
        bound(properties);
        if (singleRecords) {
            // The broker still sends a whole batch, but only one.
            properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1);
            properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1);
            properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        }
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // If records expire before they are read, the consumer continues with the oldest that are left.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return consumer(properties);
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> properties) {
        return created(() -> new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /**
     * Bounds the memory of a poll. Kafka's limits apply to compressed bytes: a hundred images of 10 MB may be 64 KB. Since a
     * consumer decompresses records one by one for a poll, the number of records in a poll bounds its memory.
     */
    private void bound(Map<String, Object> properties) {
        int records = pollRecords(
                connection.topics().maxMessageBytes(), Runtime.getRuntime().maxMemory());
        properties.merge(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records, KafkaClients::lesser);
        // A larger batch is still fetched, on its own.
        properties.merge(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES, KafkaClients::lesser);
    }

    /** Returns the number of records of the largest size that a poll may return, given the size of the heap. */
    public static int pollRecords(int maxMessageBytes, long heapBytes) {
        long budget = Math.min(MAX_POLL_BYTES, heapBytes / HEAP_SHARE);
        return (int) Math.max(1, Math.min(ConsumerConfig.DEFAULT_MAX_POLL_RECORDS, budget / maxMessageBytes));
    }

    /** Leaves a property that is not a number as it is, since Kafka rejects it. */
    private static Object lesser(Object set, Object bound) {
        String text = set.toString().strip();
        return text.matches("\\d{1,9}") ? Math.min(Integer.parseInt(text), (Integer) bound) : set;
    }

    /** Checks that the broker answers, and that the pipeline's topics are configured correctly. */
    public void requireTopics() {
        ask(admin -> TopicCheck.check(admin, connection.topics().names(), connection.timeoutMillis()));
    }

    /** Returns the partitions of a topic; throws UserErrorException if it does not exist, or no broker answers. */
    public List<TopicPartition> partitions(String topic) {
        int count = ask(admin -> TopicCheck.partitions(admin, topic, connection.timeoutMillis()));
        return IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask(Admin admin) throws TimeoutException, InterruptedException;
    }

    private <T> T ask(Question<T> question) {
        try (Admin admin = admin()) {
            return question.ask(admin);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } catch (TimeoutException e) {
            throw unreachable(e);
        } catch (IllegalStateException e) {
            throw UserErrorException.shortfall(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UserErrorException.shortfall("interrupted", e);
        }
    }

    /** Returns the error for a property that prevents a client from being created. */
    public static UserErrorException misconfigured(KafkaException failure) {
        String message = WHICH_CLIENT.matcher(Failures.messages(failure)).replaceFirst("");
        return UserErrorException.usage("Kafka's properties: " + message, failure);
    }

    /** Returns the error for a broker that does not answer. */
    public UserErrorException unreachable(Throwable cause) {
        return UserErrorException.shortfall(
                "no broker answers at " + connection.bootstrapServers() + " within "
                        + connection.timeoutMillis() + " ms over "
                        + kafka.getOrDefault(SECURITY_PROTOCOL, AdminClientConfig.DEFAULT_SECURITY_PROTOCOL)
                        + "; check the address, and that kafka." + SECURITY_PROTOCOL + " matches the listener",
                cause);
    }

    /** Returns the properties of one client; a property that no client knows is passed on, since it may belong to a plug-in. */
    private Map<String, Object> common(Set<String> known, String prefix) {
        Map<String, Object> common = new HashMap<>();
        kafka.forEach((name, value) -> {
            if (known.contains(name) || KafkaProperties.isForeign(name)) {
                common.put(name, value);
            }
        });
        kafka.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                common.put(name.substring(prefix.length()), value);
            }
        });
        common.put("bootstrap.servers", connection.bootstrapServers());
        return common;
    }

    private static <T> T created(Supplier<T> client) {
        try {
            return client.get();
        } catch (KafkaException e) {
            throw misconfigured(e);
        }
    }

    /** Returns the settings of a topic for events, or for outcomes, which may be larger than their events. */
    public Map<String, String> topicSettings(boolean outcomes) {
        int headroom = outcomes ? StreamsProperties.OUTCOME_HEADROOM_BYTES : 0;
        return StreamsProperties.topicSettings(connection.topics().maxMessageBytes() + headroom);
    }
}
