package io.resnetstreams.bench;

import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.topology.EventClassifier;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.TopologyMetrics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Latency from an event to its committed label, at loads between 5 and 95 % of the maximum throughput. The floor is the
 * median time for one image on the device plus the median time for one transaction.
 */
final class LatencyScenario {
    private static final int[] LOADS = {5, 20, 50, 80, 95};
    private static final int[] PERCENTILES = {50, 95, 99};
    /** The minimum for a 99th percentile. With a slow network, a load therefore takes longer than configured. */
    private static final int LEAST_EVENTS = 100;

    private static final int SINGLE_IMAGES = 21;
    private static final int TRANSACTIONS = 50;
    private static final int WARM_UP_TRANSACTIONS = 10;
    private static final long PAUSE_NANOS = 100_000_000;
    private static final String DUE = "due";
    private static final Duration POLL = Duration.ofMillis(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int DIGITS = 3;
    private static final double MILLI = 1e6;
    private static final long SEED = 1;

    private LatencyScenario() {}

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        return EngineNetworks.withResNet50(
                settings, "latency", networks -> networks.figures(network -> run(settings, network)));
    }

    private static Map<String, Object> run(BenchSettings settings, LoadedNetwork network) throws Exception {
        network.pipeline(settings.seconds());
        double most = network.pipeline(settings.seconds());
        double inference = singleImageNanos(network);
        double commit = transactionNanos(network.kafka());
        double floor = inference + commit;
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("imagesPerSecond", most);
        figures.put("inferenceMillis", inference / MILLI);
        figures.put("commitMillis", commit / MILLI);
        figures.put("seed", SEED);
        List<byte[]> photographs = Photographs.read(settings.images());
        try (Service service = network.service()) {
            for (int load : LOADS) {
                double rate = most * load / 100;
                int events = Math.max(LEAST_EVENTS, (int) (rate * settings.seconds()));
                Histogram latencies = latencies(network.kafka(), service.classifier(), photographs, rate, events);
                figures.put(Integer.toString(load), figures(latencies, floor));
            }
        }
        return figures;
    }

    private static Map<String, Object> figures(Histogram latencies, double floor) {
        Map<String, Object> figures = percentiles(latencies, MILLI);
        figures.put("floor", floor / MILLI);
        figures.put("toFloor", percentiles(latencies, floor));
        figures.put("events", latencies.getTotalCount());
        return figures;
    }

    private static Map<String, Object> percentiles(Histogram latencies, double unit) {
        Map<String, Object> percentiles = new LinkedHashMap<>();
        for (int percentile : PERCENTILES) {
            percentiles.put("p" + percentile, latencies.getValueAtPercentile(percentile) / unit);
        }
        return percentiles;
    }

    private static double singleImageNanos(LoadedNetwork network) {
        Classifier classifier = network.classifiers().get(0);
        List<byte[]> image = List.of(network.blankImage());
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < SINGLE_IMAGES; i++) {
            long start = System.nanoTime();
            classifier.classify(image);
            times.add((double) (System.nanoTime() - start));
        }
        return Rounds.median(times);
    }

    /** Returns the median duration of a transaction with one record and one offset. */
    private static double transactionNanos(KafkaSetup kafka) throws Exception {
        List<Double> times = new ArrayList<>();
        try (TopologyRun run = kafka.run();
                KafkaConsumer<byte[], byte[]> consumer = kafka.consumer(Map.of("group.id", "commit-time"));
                KafkaProducer<byte[], byte[]> producer = kafka.producer(Map.of("transactional.id", "commit-time"))) {
            TopicPartition partition = new TopicPartition(run.labels(), 0);
            producer.initTransactions();
            for (int i = 0; i < WARM_UP_TRANSACTIONS + TRANSACTIONS; i++) {
                // While the broker writes the markers of a transaction, it rejects the next one, and the producer backs
                // off for 100 ms.
                LockSupport.parkNanos(PAUSE_NANOS);
                long start = System.nanoTime();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[300]));
                producer.sendOffsetsToTransaction(
                        Map.of(partition, new OffsetAndMetadata(i)), consumer.groupMetadata());
                producer.commitTransaction();
                if (i >= WARM_UP_TRANSACTIONS) {
                    times.add((double) (System.nanoTime() - start));
                }
            }
        }
        return Rounds.median(times);
    }

    /**
     * Runs the pipeline with an open-loop load: events arrive as a Poisson process, independent of their processing. Returns
     * nanoseconds from the scheduled time of an event, which avoids coordinated omission, until a {@code read_committed}
     * consumer has read its label.
     */
    private static Histogram latencies(
            KafkaSetup kafka, EventClassifier classifier, List<byte[]> values, double eventsPerSecond, int events)
            throws Exception {
        try (TopologyRun run = kafka.liveRun();
                Pipeline pipeline = Pipeline.create(run.settings(), classifier, TopologyMetrics.NONE)) {
            pipeline.start();
            if (!pipeline.awaitRunning(TIMEOUT)) {
                throw new IllegalStateException("the pipeline did not start");
            }
            CompletableFuture<Void> sender =
                    CompletableFuture.runAsync(() -> send(kafka, run.input(), values, eventsPerSecond, events));
            Histogram histogram = receive(kafka, run.labels(), events);
            sender.join();
            return histogram;
        }
    }

    private static void send(KafkaSetup kafka, String topic, List<byte[]> values, double eventsPerSecond, int events) {
        SplittableRandom random = new SplittableRandom(SEED);
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer(Map.of("linger.ms", 0))) {
            producer.partitionsFor(topic);
            long due = System.nanoTime();
            for (int i = 0; i < events; i++) {
                due += (long) (-Math.log(1 - random.nextDouble()) / eventsPerSecond * 1e9);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                ProducerRecord<byte[], byte[]> event =
                        new ProducerRecord<>(topic, kafka.partition(i), null, values.get(i % values.size()));
                event.headers()
                        .add(DUE, ByteBuffer.allocate(Long.BYTES).putLong(due).array());
                producer.send(event);
            }
        }
    }

    private static Histogram receive(KafkaSetup kafka, String topic, int events) {
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
