package io.resnetstreams.bench;

import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.topology.EventClassifier;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.TopologyMetrics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures latencies with an open-loop load: events arrive as a Poisson process, independent of their processing. The
 * latency of an event starts at its scheduled time, which avoids coordinated omission.
 */
public final class OpenLoop {
    private static final String DUE = "due";
    private static final Duration POLL = Duration.ofMillis(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int DIGITS = 3;

    private final KafkaSetup kafka;
    private final List<byte[]> values;

    /** Sends the values in turn. */
    public OpenLoop(KafkaSetup kafka, List<byte[]> values) {
        this.kafka = kafka;
        this.values = values;
    }

    /**
     * Runs the pipeline with a load of {@code eventsPerSecond}.
     *
     * @return nanoseconds from the scheduled time until a {@code read_committed} consumer has read the label
     */
    public Histogram latencies(EventClassifier classifier, double eventsPerSecond, int events, long seed)
            throws Exception {
        PipelineSettings settings = kafka.liveSettings();
        try (Pipeline pipeline = Pipeline.create(settings, classifier, TopologyMetrics.NONE)) {
            pipeline.start();
            if (!pipeline.awaitRunning(TIMEOUT)) {
                throw new IllegalStateException("the pipeline did not start");
            }
            CompletableFuture<Void> sender = CompletableFuture.runAsync(
                    () -> send(settings.topics().input(), eventsPerSecond, events, new SplittableRandom(seed)));
            Histogram histogram = receive(settings.topics().labels(), events);
            sender.join();
            return histogram;
        } finally {
            kafka.delete(settings);
        }
    }

    private void send(String topic, double eventsPerSecond, int events, SplittableRandom random) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0, "max.request.size", 16 << 20);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic);
            long due = System.nanoTime();
            for (int i = 0; i < events; i++) {
                due += (long) (-Math.log(1 - random.nextDouble()) / eventsPerSecond * 1e9);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                ProducerRecord<byte[], byte[]> event =
                        new ProducerRecord<>(topic, i % KafkaSetup.PARTITIONS, null, values.get(i % values.size()));
                event.headers()
                        .add(DUE, ByteBuffer.allocate(Long.BYTES).putLong(due).array());
                producer.send(event);
            }
        }
    }

    private Histogram receive(String topic, int events) {
        Histogram histogram = new Histogram(DIGITS);
        try (TopicReader reader = kafka.reader(topic)) {
            long last = System.nanoTime();
            while (histogram.getTotalCount() < events) {
                for (ConsumerRecord<byte[], byte[]> label : reader.poll(POLL)) {
                    last = System.nanoTime();
                    histogram.recordValue(last
                            - ByteBuffer.wrap(label.headers().lastHeader(DUE).value())
                                    .getLong());
                }
                if (System.nanoTime() - last > TIMEOUT.toNanos()) {
                    throw new IllegalStateException(
                            "received only " + histogram.getTotalCount() + " of " + events + " labels");
                }
            }
        }
        return histogram;
    }
}
