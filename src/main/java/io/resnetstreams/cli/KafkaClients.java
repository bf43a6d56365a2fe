package io.resnetstreams.cli;

import io.resnetstreams.backfill.BackfillClients;
import io.resnetstreams.topology.StreamsProperties;
import io.resnetstreams.topology.TopicCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's clients as the configuration has them, with its {@code kafka.} properties. */
final class KafkaClients implements BackfillClients {
    private final Configuration configuration;

    KafkaClients(Configuration configuration) {
        this.configuration = configuration;
    }

    @Override
    public Admin admin() {
        Map<String, Object> properties = common(AdminClientConfig.configNames(), "admin.");
        properties.putIfAbsent(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) configuration.brokerTimeoutMillis());
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) configuration.brokerTimeoutMillis());
        return created(() -> Admin.create(properties));
    }

    /** Returns an idempotent producer for images. */
    Producer<byte[], byte[]> producer() {
        Map<String, Object> properties = common(ProducerConfig.configNames(), "producer.");
        properties.putIfAbsent(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, configuration.topics().maxMessageBytes());
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        properties.putIfAbsent(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                Math.max(64L << 20, 2L * configuration.topics().maxMessageBytes()));
        return created(() -> new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    @Override
    public Producer<byte[], byte[]> transactionalProducer(String transactionalId) {
        Map<String, Object> properties = common(ProducerConfig.configNames(), "producer.");
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        // Where this process dies, others wait for its transaction so long.
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        return created(() -> new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    @Override
    public Consumer<byte[], byte[]> groupMember(String group) {
        Map<String, Object> properties = common(ConsumerConfig.configNames(), "consumer.");
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
        return created(() -> new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    @Override
    public Consumer<byte[], byte[]> committedReader() {
        Map<String, Object> properties = common(ConsumerConfig.configNames(), "consumer.");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Where records expire under a reader, it goes on with the oldest that are left.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return created(() -> new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /** Checks that the broker answers and the pipeline's topics are fit for it. */
    void requireTopics() {
        try (Admin admin = admin()) {
            TopicCheck.check(admin, configuration.topics().names(), configuration.brokerTimeoutMillis());
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } catch (TimeoutException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UserErrorException.shortfall("interrupted", e);
        } catch (IllegalStateException e) {
            throw UserErrorException.shortfall(e.getMessage(), e);
        }
    }

    /** Returns a topic's partitions; an error that names it, where it does not exist. */
    List<TopicPartition> partitions(String topic) {
        try (Admin admin = admin()) {
            int count = TopicCheck.partitions(admin, topic, configuration.brokerTimeoutMillis());
            return IntStream.range(0, count)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } catch (TimeoutException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UserErrorException.shortfall("interrupted", e);
        }
    }

    UserErrorException unreachable(Throwable cause) {
        return UserErrorException.shortfall(
                "no broker answers at " + configuration.bootstrapServers() + " within "
                        + configuration.brokerTimeoutMillis() + " ms",
                cause);
    }

    private Map<String, Object> common(Set<String> known, String prefix) {
        Map<String, Object> properties = new HashMap<>();
        configuration.kafka().forEach((name, value) -> {
            if (known.contains(name)) {
                properties.put(name, value);
            }
        });
        configuration.kafka().forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                properties.put(name.substring(prefix.length()), value);
            }
        });
        properties.put("bootstrap.servers", configuration.bootstrapServers());
        return properties;
    }

    private static <T> T created(Supplier<T> client) {
        try {
            return client.get();
        } catch (KafkaException e) {
            Throwable cause = e instanceof ConfigException || e.getCause() == null ? e : e.getCause();
            throw UserErrorException.usage("Kafka's properties: " + cause.getMessage(), e);
        }
    }

    /** Returns the settings of a topic for the largest events, and for dead letters, which are larger by their headers. */
    Map<String, String> topicSettings(boolean deadLetters) {
        int headroom = deadLetters ? StreamsProperties.DEAD_LETTER_HEADROOM_BYTES : 0;
        return StreamsProperties.topicSettings(configuration.topics().maxMessageBytes() + headroom);
    }
}
