package io.resnetstreams.bench;

import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.monitor.Monitoring;
import io.resnetstreams.topology.Pipeline;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The overhead of the topology: events of 1 KB with a constant classifier, with and without metrics, compared with a
 * {@code mapValues} that forwards them and with a plain consumer and producer. All candidates have the same guarantee and
 * partitions.
 */
final class OverheadScenario {
    private static final int EVENT_BYTES = 1_024;
    /** With it, label events have about the size of the events. */
    private static final int LABEL_LENGTH = EVENT_BYTES - 200;
    /** An upper bound of the throughput. A round that reaches the end of the topic stops. */
    static final int EVENTS_PER_SECOND = 60_000;
    /** The default interval of Prometheus is one minute. */
    private static final Duration SCRAPE_INTERVAL = Duration.ofSeconds(1);

    private static final long COMMIT_NANOS = 100_000_000;
    private static final Duration POLL = Duration.ofMillis(10);

    private OverheadScenario() {}

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        int seconds = settings.seconds();
        ModelDirectory model = ModelDirectory.load(settings.bundledModel());
        try (KafkaSetup kafka = new KafkaSetup(settings, "overhead")) {
            kafka.produce(KafkaSetup.INPUT, List.of(random(EVENT_BYTES)), EVENTS_PER_SECOND * (seconds + 2));
            Rounds rounds = new Rounds(settings.rounds())
                    .add("pipeline", () -> kafka.run().constant(LABEL_LENGTH, seconds))
                    .add("withMetrics", () -> withMetrics(kafka, model, seconds))
                    .add("passThrough", () -> passThrough(kafka, seconds))
                    .add("bareLoop", () -> bareLoop(kafka, seconds));
            Map<String, Double> medians = rounds.medians();
            List<Double> withMetrics = rounds.ratios("withMetrics", "pipeline");
            double pipeline = medians.get("pipeline");
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("eventsPerSecond", pipeline);
            figures.put("passThroughPerSecond", medians.get("passThrough"));
            figures.put("bareLoopPerSecond", medians.get("bareLoop"));
            figures.put("toPassThrough", pipeline / medians.get("passThrough"));
            figures.put("toBareLoop", pipeline / medians.get("bareLoop"));
            figures.put("withMetricsPerSecond", medians.get("withMetrics"));
            figures.put("withMetricsTo", Rounds.median(withMetrics));
            figures.put("withMetricsLeast", Collections.min(withMetrics));
            figures.put("withMetricsMost", Collections.max(withMetrics));
            return figures;
        }
    }

    /** Runs the pipeline with metrics, which are scraped, and the web page, which counts events even without a browser. */
    private static double withMetrics(KafkaSetup kafka, ModelDirectory model, int seconds) throws Exception {
        try (TopologyRun run = kafka.run();
                Monitoring monitoring = Monitoring.start(run.configuration(), false);
                ConstantClassifier classifier = new ConstantClassifier(LABEL_LENGTH, monitoring.counts());
                Pipeline pipeline = Pipeline.create(run.settings(), classifier, monitoring.counts());
                RepeatingTask scraper = RepeatingTask.start(
                        "scraper", SCRAPE_INTERVAL, SCRAPE_INTERVAL, () -> scrape(monitoring.address()))) {
            monitoring.watch(run.configuration(), pipeline, model, List.of("constant"), "constant");
            double rate = run.rate(pipeline, seconds, label -> {});
            scraper.closeAndAwait(SCRAPE_INTERVAL);
            // Fails if metrics can't be scraped; the task only logs it.
            scrape(monitoring.address());
            return rate;
        }
    }

    private static void scrape(String address) throws IOException {
        try (InputStream metrics = URI.create(address + "/metrics").toURL().openStream()) {
            metrics.readAllBytes();
        }
    }

    /** Returns an event of random bytes, always the same ones. */
    static byte[] random(int bytes) {
        byte[] value = new byte[bytes];
        new SplittableRandom(1).nextBytes(value);
        return value;
    }

    static double passThrough(KafkaSetup kafka, int seconds) throws Exception {
        return kafka.run().mapValues(value -> value, 1, seconds);
    }

    /** Runs a plain loop that consumes, produces and commits transactions every 100 ms. */
    private static double bareLoop(KafkaSetup kafka, int seconds) throws Exception {
        AtomicBoolean stopped = new AtomicBoolean();
        try (TopologyRun run = kafka.run()) {
            Thread loop = new Thread(() -> loop(kafka, run, stopped), "bare-loop");
            loop.start();
            try {
                return run.committedRate(seconds, label -> {});
            } finally {
                stopped.set(true);
                loop.join();
            }
        }
    }

    private static void loop(KafkaSetup kafka, TopologyRun run, AtomicBoolean stopped) {
        String id = run.configuration().applicationId();
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer(Map.of("group.id", id));
                KafkaProducer<byte[], byte[]> producer =
                        kafka.producer(Map.of("transactional.id", id, "linger.ms", 100, "compression.type", "lz4"))) {
            producer.initTransactions();
            consumer.subscribe(List.of(run.input()));
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            long begun = 0;
            while (!stopped.get()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (offsets.isEmpty()) {
                        producer.beginTransaction();
                        begun = System.nanoTime();
                    }
                    producer.send(new ProducerRecord<>(run.labels(), record.partition(), null, record.value()));
                    offsets.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                if (!offsets.isEmpty() && System.nanoTime() - begun >= COMMIT_NANOS) {
                    producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                    producer.commitTransaction();
                    offsets.clear();
                }
            }
            if (!offsets.isEmpty()) {
                producer.abortTransaction();
            }
        }
    }
}
