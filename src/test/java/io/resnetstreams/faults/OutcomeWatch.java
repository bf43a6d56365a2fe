package io.resnetstreams.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.core.ConditionFactory;

/**
 * Reads outcomes as they are committed and records when they arrive. An outcome's partition has the same number as its
 * event's.
 *
 * <p>Threading: a thread of its own reads; the test's thread queries.
 */
final class OutcomeWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(300);

    private final List<TopicPartition> partitions;
    private final Consumer<byte[], byte[]> consumer;
    private final Runnable check;
    private final Thread thread = new Thread(this::follow, "outcomes");
    private final Map<Integer, Long> firstNanosByPartition = new HashMap<>();
    private volatile boolean closed;
    private Map<TopicPartition, Long> markedEnds = Map.of();
    private final Set<Integer> seen = new HashSet<>();
    private long markNanos;
    private long count;

    /**
     * Starts to read.
     *
     * @param check called again and again while a method waits; may throw to end the wait
     */
    OutcomeWatch(String bootstrap, List<String> topics, int partitionsEach, Runnable check) {
        this.check = check;
        partitions = topics.stream()
                .flatMap(topic ->
                        IntStream.range(0, partitionsEach).mapToObj(number -> new TopicPartition(topic, number)))
                .toList();
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed", "fetch.max.wait.ms", 50),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.setDaemon(true);
        thread.start();
    }

    /** Seconds from a mark to the first outcome written after it: on any of the partitions, and on each of them. */
    record Recovery(double first, double all) {}

    private void follow() {
        try (consumer) {
            while (!closed) {
                try {
                    consumer.poll(POLL)
                            .forEach(record ->
                                    saw(new TopicPartition(record.topic(), record.partition()), record.offset()));
                } catch (KafkaException e) {
                    // A broker that fails may answer anything; the next one has all committed records.
                    System.out.println("outcomes can't be read: " + e);
                }
            }
        }
    }

    private ConditionFactory awaiting(String what) {
        return await(what).atMost(LONGEST_WAIT).pollInterval(POLL);
    }

    private boolean checked(BooleanSupplier condition) {
        check.run();
        return condition.getAsBoolean();
    }

    private synchronized void saw(TopicPartition partition, long offset) {
        count++;
        seen.add(partition.partition());
        if (offset >= markedEnds.getOrDefault(partition, Long.MAX_VALUE)) {
            firstNanosByPartition.putIfAbsent(partition.partition(), System.nanoTime());
        }
    }

    synchronized long count() {
        return count;
    }

    /** Waits for this many further outcomes. */
    void awaitMore(int more) {
        long wanted = count() + more;
        awaiting("outcomes").until(() -> checked(() -> count() >= wanted));
    }

    /** Waits until each of these partitions has an outcome. */
    void awaitEach(Collection<Integer> numbers) {
        awaiting("outcomes on all partitions").until(() -> checked(() -> seen().containsAll(numbers)));
    }

    private synchronized Set<Integer> seen() {
        return Set.copyOf(seen);
    }

    /**
     * Starts to measure a recovery.
     *
     * @param nanos the start, by {@link System#nanoTime}
     * @param ends of the output partitions at the start, uncommitted records included
     */
    synchronized void mark(long nanos, Map<TopicPartition, Long> ends) {
        markedEnds = ends;
        markNanos = nanos;
        firstNanosByPartition.clear();
    }

    /** Waits until each of these partitions has an outcome written after the mark. */
    Recovery awaitRecovery(Collection<Integer> numbers) {
        awaiting("new outcomes on all partitions")
                .until(() -> checked(() -> recovered().keySet().containsAll(numbers)));
        List<Double> seconds = numbers.stream()
                .map(number -> (recovered().get(number) - markNanos) / 1e9)
                .toList();
        return new Recovery(
                seconds.stream().min(Double::compare).orElseThrow(),
                seconds.stream().max(Double::compare).orElseThrow());
    }

    /** Returns when each partition's first outcome after the mark was read, by {@link System#nanoTime}. */
    synchronized Map<Integer, Long> recovered() {
        return Map.copyOf(firstNanosByPartition);
    }

    /** Stops the thread. */
    @Override
    public void close() {
        closed = true;
    }
}
