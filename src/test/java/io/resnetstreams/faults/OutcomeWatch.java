package io.resnetstreams.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads outcomes as they are committed and tells when they come. An outcome has its event's timestamp and the number of its
 * partition.
 *
 * <p>Threading: a thread of its own reads; the test looks.
 */
final class OutcomeWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(300);

    private final List<TopicPartition> partitions;
    private final Consumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::follow, "outcomes");
    private final Map<Integer, Long> firstNanosByPartition = new HashMap<>();
    private volatile boolean closed;
    private long markMillis = Long.MAX_VALUE;
    private long markNanos;
    private long count;

    OutcomeWatch(String bootstrap, List<String> topics, int partitionsEach) {
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

    /** Seconds from a mark to the first outcome of an event that was sent after it, on any and on each of some partitions. */
    record Recovery(double first, double all) {}

    private void follow() {
        try (consumer) {
            while (!closed) {
                consumer.poll(POLL).forEach(record -> saw(record.partition(), record.timestamp()));
            }
        }
    }

    private synchronized void saw(int partition, long timestampMillis) {
        count++;
        if (timestampMillis > markMillis) {
            firstNanosByPartition.putIfAbsent(partition, System.nanoTime());
        }
    }

    synchronized long count() {
        return count;
    }

    /** Waits for so many outcomes more than there are now. */
    void awaitMore(int more) {
        long wanted = count() + more;
        await("outcomes").atMost(LONGEST_WAIT).pollInterval(POLL).until(() -> count() >= wanted);
    }

    /** From now on time is taken. */
    synchronized void mark() {
        markMillis = System.currentTimeMillis();
        markNanos = System.nanoTime();
        firstNanosByPartition.clear();
    }

    /** Waits for outcomes, on each of these partitions, of events that were sent after the mark. */
    Recovery awaitRecovery(Collection<Integer> numbers) {
        await("outcomes on all partitions")
                .atMost(LONGEST_WAIT)
                .pollInterval(POLL)
                .until(() -> recovered().keySet().containsAll(numbers));
        List<Double> seconds = numbers.stream()
                .map(number -> (recovered().get(number) - markNanos) / 1e9)
                .toList();
        return new Recovery(
                seconds.stream().min(Double::compare).orElseThrow(),
                seconds.stream().max(Double::compare).orElseThrow());
    }

    private synchronized Map<Integer, Long> recovered() {
        return Map.copyOf(firstNanosByPartition);
    }

    /** Lets its thread end. */
    @Override
    public void close() {
        closed = true;
    }
}
