package io.resnetstreams.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.kafka.TopicReader.Visitor;
import io.resnetstreams.topology.TopicCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
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
 * <p>Each change is a transaction with the transactional id of the run. A process that begins a transaction fences the others,
 * and then reads their committed changes. So changes are sequential: if several processes begin a run at the same time, one
 * makes the plan and the others find it. A fenced process waits for the change of the other one, so that the last process to
 * begin commits. Threading: one thread.
 */
public final class RunStore implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 10;
    /** A transaction takes less than a second; if the other process has not committed by then, it has crashed. */
    private static final Duration OTHER_CHANGE_TIMEOUT = Duration.ofSeconds(10);

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final KafkaClients clients;
    private final TopicPartition partition;
    private final Map<String, BackfillRun> runs = new TreeMap<>();
    private final Admin admin;
    private final TopicReader reader;

    /** Creates the store, without reading or writing. */
    public RunStore(KafkaClients clients, String applicationId) {
        this.clients = clients;
        this.partition = new TopicPartition(topic(applicationId), 0);
        this.admin = clients.admin();
        this.reader = new TopicReader(clients.committedReader(), READ_TIMEOUT);
    }

    /** Returns the topic of an application's runs. */
    public static String topic(String applicationId) {
        return applicationId + "-backfills";
    }

    /** Returns the present runs by name. */
    public Map<String, BackfillRun> runs() {
        if (reader.partitions().isEmpty()) {
            if (!exists()) {
                return Map.of();
            }
            reader.seekToBeginning(List.of(partition));
        }
        // An open transaction before the end is waited for, since it may be committed.
        reader.readTo(
                AdminOffsets.ends(admin, List.of(partition), IsolationLevel.READ_UNCOMMITTED),
                Visitor.ofAll(this::take));
        return Map.copyOf(runs);
    }

    /** Returns the present state of a run, or null if there is no run with this name. */
    public BackfillRun run(String name) {
        return runs().get(name);
    }

    /** Begins a run, and commits the first offsets of the plan for its group; returns the run if it already exists. */
    public BackfillRun begin(BackfillPlan plan) {
        createTopic();
        return change(
                plan.run(), run -> run == null ? new BackfillRun(plan, BackfillRun.State.RUNNING, 0, null) : run, plan);
    }

    /** Changes a run as the function says, whose argument and result are null for no run; returns its result. */
    public BackfillRun change(String name, UnaryOperator<BackfillRun> change) {
        return change(name, change, null);
    }

    /** Changes a run, and commits the first offsets of a plan if one is begun, otherwise null. */
    private BackfillRun change(String name, UnaryOperator<BackfillRun> change, BackfillPlan begun) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            BackfillRun current = run(name);
            if (Objects.equals(current, change.apply(current))) {
                // There is nothing to write, so no other transaction needs to be fenced.
                return current;
            }
            Producer<byte[], byte[]> producer = clients.transactionalProducer(partition.topic() + "-" + name);
            try {
                return change(producer, name, change, begun);
            } catch (KafkaException e) {
                if (!isFenced(e)) {
                    throw e;
                }
                awaitChange(name, current);
            } finally {
                // After a failure, close without a timeout would wait for pending requests forever.
                producer.close(CLOSE_TIMEOUT);
            }
        }
        throw new IllegalStateException("run " + name + ": other processes keep changing it concurrently");
    }

    private void awaitChange(String name, BackfillRun before) {
        long deadline = System.nanoTime() + OTHER_CHANGE_TIMEOUT.toNanos();
        while (Objects.equals(runs.get(name), before) && System.nanoTime() < deadline) {
            reader.poll(POLL).forEach(this::take);
        }
    }

    private BackfillRun change(
            Producer<byte[], byte[]> producer, String name, UnaryOperator<BackfillRun> change, BackfillPlan begun) {
        producer.initTransactions();
        BackfillRun before = run(name);
        BackfillRun after = change.apply(before);
        if (Objects.equals(before, after)) {
            return after;
        }
        producer.beginTransaction();
        producer.send(
                new ProducerRecord<>(partition.topic(), 0, name.getBytes(UTF_8), after == null ? null : json(after)));
        if (begun != null) {
            sendOffsets(producer, begun);
        }
        producer.commitTransaction();
        return after;
    }

    private void sendOffsets(Producer<byte[], byte[]> producer, BackfillPlan plan) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        plan.partitions()
                .forEach(range -> offsets.put(
                        new TopicPartition(plan.parameters().input(), range.partition()),
                        new OffsetAndMetadata(range.from())));
        // This consumer never joins: a group without members accepts offsets from other clients.
        try (Consumer<byte[], byte[]> outsider = clients.groupMember(plan.group())) {
            producer.sendOffsetsToTransaction(offsets, outsider.groupMetadata());
        }
    }

    /** Returns whether another process has begun a transaction with the same transactional id. */
    private static boolean isFenced(Throwable failure) {
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
                    partition + "@" + record.offset() + " is not a run of this version: " + e.getMessage(), e);
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
            return AdminOffsets.partitions(admin, partition.topic()) > 0;
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        }
    }

    private void createTopic() {
        short replicas = (short) clients.connection().topics().replicationFactor();
        NewTopic topic = new NewTopic(partition.topic(), 1, replicas)
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        try {
            Futures.await(admin.createTopics(List.of(topic)).all());
            TopicCheck.awaitLeaders(admin, partition.topic(), 1);
        } catch (TopicExistsException e) {
            // An earlier run or another process has created it.
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
