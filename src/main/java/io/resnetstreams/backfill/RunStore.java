package io.resnetstreams.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.kafka.TopicReader.Visitor;
import io.resnetstreams.topology.TopicCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The runs of an application, in a compacted topic of one partition: the run's name is the key, the run as JSON the value.
 *
 * <p>Each change is a transaction of the run's own transactional id. Who begins one ends those of others, and then reads
 * what they had committed: so changes come one after the other, and of several processes that begin a run at once, one
 * makes the plan and the others find it. Who was overtaken waits for the other's change on the topic, so of any number of
 * processes the last one to begin commits.
 *
 * <p>Threading: one thread.
 */
public final class RunStore implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 10;
    /** A transaction takes well below a second; who overtook and does not commit by then has died. */
    private static final Duration OVERTAKER_PATIENCE = Duration.ofSeconds(10);

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final KafkaClients clients;
    private final TopicPartition partition;
    private final short replicationFactor;
    private final Map<String, BackfillRun> runs = new TreeMap<>();
    private final Admin admin;
    private final TopicReader reader;

    /**
     * Reads and writes nothing yet.
     *
     * @param replicationFactor of the topic, where it is made; -1 for the broker's default
     */
    public RunStore(KafkaClients clients, String applicationId, int replicationFactor) {
        this.clients = clients;
        this.partition = new TopicPartition(topic(applicationId), 0);
        this.replicationFactor = (short) replicationFactor;
        this.admin = clients.admin();
        this.reader = new TopicReader(clients.committedReader(), READ_TIMEOUT);
    }

    /** Returns the topic of an application's runs. */
    public static String topic(String applicationId) {
        return applicationId + "-backfills";
    }

    /** Returns all runs by name, as they are now. */
    public Map<String, BackfillRun> runs() {
        if (reader.partitions().isEmpty()) {
            if (!exists()) {
                return Map.of();
            }
            reader.seekToBeginning(List.of(partition));
        }
        readToEnd();
        return Map.copyOf(runs);
    }

    /** Returns a run as it is now, null where there is none of this name. */
    public BackfillRun run(String name) {
        return runs().get(name);
    }

    /** Begins a run by its plan, and sets its group to the plan's first offsets; or returns the run there is already. */
    public BackfillRun begin(BackfillPlan plan) {
        createTopic();
        Map<TopicPartition, OffsetAndMetadata> offsets = new TreeMap<>(Comparator.comparing(TopicPartition::partition));
        plan.partitions()
                .forEach(range -> offsets.put(
                        new TopicPartition(plan.parameters().input(), range.partition()),
                        new OffsetAndMetadata(range.from())));
        return change(plan.run(), run -> run == null ? BackfillRun.begun(plan) : run, plan.group(), offsets);
    }

    /**
     * Changes a run.
     *
     * @param change gets the run as it is, null where there is none, and returns what it becomes, null to remove it
     * @return what {@code change} returned
     */
    public BackfillRun change(String name, UnaryOperator<BackfillRun> change) {
        return change(name, change, "", Map.of());
    }

    private BackfillRun change(
            String name,
            UnaryOperator<BackfillRun> change,
            String group,
            Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            BackfillRun current = run(name);
            if (Objects.equals(current, change.apply(current))) {
                // Nothing to write, so nobody's transaction has to end.
                return current;
            }
            Producer<byte[], byte[]> producer = clients.transactionalProducer(partition.topic() + "-" + name);
            try {
                return change(producer, name, change, group, offsets);
            } catch (KafkaException e) {
                if (!isOvertaken(e)) {
                    throw e;
                }
                awaitChange(name, current);
            } finally {
                // After a failure it would wait for its requests for ever.
                producer.close(CLOSE_TIMEOUT);
            }
        }
        throw new IllegalStateException("run " + name + ": other processes keep changing it at the same time");
    }

    /** Waits until a run is no longer as it was: who overtook is about to change it. */
    private void awaitChange(String name, BackfillRun before) {
        long deadline = System.nanoTime() + OVERTAKER_PATIENCE.toNanos();
        while (Objects.equals(runs.get(name), before) && System.nanoTime() < deadline) {
            reader.poll(POLL).forEach(this::take);
        }
    }

    private BackfillRun change(
            Producer<byte[], byte[]> producer,
            String name,
            UnaryOperator<BackfillRun> change,
            String group,
            Map<TopicPartition, OffsetAndMetadata> offsets) {
        producer.initTransactions();
        BackfillRun before = run(name);
        BackfillRun after = change.apply(before);
        if (Objects.equals(before, after)) {
            return after;
        }
        producer.beginTransaction();
        producer.send(
                new ProducerRecord<>(partition.topic(), 0, name.getBytes(UTF_8), after == null ? null : json(after)));
        if (!offsets.isEmpty()) {
            sendOffsets(producer, group, offsets);
        }
        producer.commitTransaction();
        return after;
    }

    private void sendOffsets(
            Producer<byte[], byte[]> producer, String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
        // It never joins: a group without members takes offsets from outside.
        try (Consumer<byte[], byte[]> outsider = clients.groupMember(group)) {
            producer.sendOffsetsToTransaction(offsets, outsider.groupMetadata());
        }
    }

    /** Where another process has begun with the same transactional id, the broker answers in one of these ways. */
    private static boolean isOvertaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException
                    || cause instanceof InvalidProducerEpochException
                    || cause instanceof InvalidTxnStateException
                    || cause instanceof TransactionAbortedException
                    || cause instanceof TransactionAbortableException) {
                return true;
            }
        }
        return false;
    }

    /** Reads to where the topic ends now; an open transaction before that end is waited for, since it may be committed. */
    private void readToEnd() {
        long end = Futures.await(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .partitionResult(partition))
                .offset();
        reader.readTo(Map.of(partition, end), Visitor.ofAll(this::take));
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String name = new String(record.key(), UTF_8);
        if (record.value() == null) {
            runs.remove(name);
            return;
        }
        try {
            runs.put(name, JSON.readValue(record.value(), BackfillRun.class));
        } catch (IOException e) {
            throw new IllegalStateException(
                    partition + "@" + record.offset() + " holds no run of this version: " + e.getMessage(), e);
        }
    }

    private static byte[] json(BackfillRun run) {
        try {
            return JSON.writeValueAsBytes(run);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write run " + run.plan().run() + " as JSON", e);
        }
    }

    private boolean exists() {
        try {
            Futures.await(admin.describeTopics(List.of(partition.topic()))
                    .topicNameValues()
                    .get(partition.topic()));
            return true;
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        }
    }

    private void createTopic() {
        NewTopic topic = new NewTopic(partition.topic(), 1, replicationFactor)
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        try {
            Futures.await(admin.createTopics(List.of(topic)).all());
            TopicCheck.awaitLeaders(admin, partition.topic(), 1);
        } catch (TopicExistsException e) {
            // By an earlier run, or another process at the same time.
        } catch (TopicAuthorizationException e) {
            throw new TopicAuthorizationException("Create on topic " + partition.topic() + " is missing");
        } catch (ExecutionException e) {
            throw new KafkaException("topic " + partition.topic() + " has no leader", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        reader.close();
        admin.close();
    }
}
