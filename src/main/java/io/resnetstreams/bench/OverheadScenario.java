package io.resnetstreams.bench;

import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.monitor.Monitoring;
import io.resnetstreams.topology.Pipeline;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * {@code mapValues} and with a plain consumer and producer. All candidates have the same guarantee and partitions, and write
 * the same labels.
 */
final class OverheadScenario {
    private static final int EVENT_BYTES = 1_024;
    /** About the throughput of the topology; a faster machine gets more while it measures. */
    static final int EVENTS_PER_SECOND = 60_000;
    /** The default interval of Prometheus is one minute. */
    private static final Duration SCRAPE_INTERVAL = Duration.ofSeconds(1);

    private static final long COMMIT_NANOS = 100_000_000;
    private static final Duration POLL = Duration.ofMillis(10);

    private OverheadScenario() {}

    /** The processor time for each event, by candidate; that of the first round, in which Java compiles, is not counted. */
    private static final class Times {
        private final KafkaSetup kafka;
        private final Map<String, List<Double>> micros = new LinkedHashMap<>();

        Times(KafkaSetup kafka) {
            this.kafka = kafka;
        }

        double rate(String candidate, Rounds.Measurement<TopologyRun, Double> measurement) throws Exception {
            TopologyRun run = kafka.run();
            double rate = measurement.measure(run);
            micros.computeIfAbsent(candidate, name -> new ArrayList<>())
                    .add(run.processorTime().microsPerRecord());
            return rate;
        }

        Map<String, Double> medians() {
            Map<String, Double> medians = new LinkedHashMap<>();
            micros.forEach((name, list) -> medians.put(name, Rounds.median(list.subList(1, list.size()))));
            return medians;
        }
    }

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        int seconds = settings.seconds();
        ModelDirectory model = ModelDirectory.load(settings.bundledModel());
        try (KafkaSetup kafka = new KafkaSetup(settings, "overhead")) {
            kafka.supply(KafkaSetup.INPUT, List.of(random(EVENT_BYTES)), EVENTS_PER_SECOND * (seconds + 2));
            Times times = new Times(kafka);
            Rounds rounds = settings.newRounds()
                    .add("pipeline", () -> times.rate("pipeline", run -> run.constant(seconds)))
                    .add("withMetrics", () -> times.rate("withMetrics", run -> withMetrics(run, model, seconds)))
                    .add("passThrough", () -> times.rate("passThrough", run -> passThrough(run, seconds)))
                    .add("bareLoop", () -> times.rate("bareLoop", run -> bareLoop(kafka, run, seconds)));
            Map<String, Double> medians = rounds.medians();
            Map<String, Double> micros = times.medians();
            List<Double> withMetrics = rounds.ratios("withMetrics", "pipeline");
            double pipeline = medians.get("pipeline");
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("eventsPerSecond", pipeline);
            figures.put("passThroughPerSecond", medians.get("passThrough"));
            figures.put("bareLoopPerSecond", medians.get("bareLoop"));
            figures.put("toPassThrough", pipeline / medians.get("passThrough"));
            figures.put("toBareLoop", pipeline / medians.get("bareLoop"));
            figures.put("processorMicros", micros);
            figures.put("processorToPassThrough", micros.get("pipeline") / micros.get("passThrough"));
            figures.put("processorToBareLoop", micros.get("pipeline") / micros.get("bareLoop"));
            figures.put("withMetricsPerSecond", medians.get("withMetrics"));
            figures.put("withMetricsTo", Rounds.median(withMetrics));
            figures.put("withMetricsLeast", Collections.min(withMetrics));
            figures.put("withMetricsMost", Collections.max(withMetrics));
            return figures;
        }
    }

    /** Runs the pipeline with metrics, which are scraped, and the web page, which counts events even without a browser. */
    private static double withMetrics(TopologyRun measured, ModelDirectory model, int seconds) throws Exception {
        try (TopologyRun run = measured;
                Monitoring monitoring = Monitoring.start(run.configuration(), false);
                ConstantClassifier classifier = new ConstantClassifier(monitoring.counts());
                Pipeline pipeline = Pipeline.create(run.settings(), classifier, monitoring.counts());
                RepeatingTask scraper = RepeatingTask.start(
                        "scraper", SCRAPE_INTERVAL, SCRAPE_INTERVAL, () -> scrape(monitoring.address()))) {
            monitoring.watch(
                    run.configuration(), pipeline, model, List.of("constant"), "constant", "constant", Optional::empty);
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

    /** Runs Kafka Streams' {@code mapValues} that returns the value of a label for each event. */
    static double passThrough(TopologyRun run, int seconds) {
        byte[] label = ConstantClassifier.labelValue();
        return run.mapValues(value -> label, 1, seconds);
    }

    /** Runs a plain loop that consumes, produces and commits transactions every 100 ms. */
    private static double bareLoop(KafkaSetup kafka, TopologyRun measured, int seconds) throws InterruptedException {
        AtomicBoolean stopped = new AtomicBoolean();
        try (TopologyRun run = measured) {
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
        byte[] label = ConstantClassifier.labelValue();
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer(Map.of("group.id", id));
                KafkaProducer<byte[], byte[]> producer = kafka.producer(Map.of(
                        "transactional.id",
                        id,
                        "linger.ms",
                        100,
                        "compression.type",
                        "gzip",
                        "compression.gzip.level",
                        1))) {
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
                    producer.send(new ProducerRecord<>(run.labels(), record.partition(), null, label));
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
