package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.LoadedNetwork;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.Service;
import io.resnetstreams.bench.TopPrediction;
import io.resnetstreams.bench.TopologyRun;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.Classifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Batching that is safe and simple: a task gathers events and, at every commit, waits for all of them. Decoding is spread
 * over the cores as in the pipeline, and the batch over the workers.
 */
final class DrainAtCommitScenario implements Scenario {
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);
    /** The longest transaction that brokers allow by default; no measurement lasts as long. */
    private static final int NEVER_MILLIS = 900_000;

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        try (KafkaSetup kafka = LoadedNetwork.photographs(settings, "drain-at-commit");
                LoadedNetwork network = new LoadedNetwork(LoadedNetwork.resNet50(settings, "drain-at-commit"), kafka)) {
            network.warmUp();
            Map<String, Double> medians = new Rounds(settings.rounds())
                    .add("pipeline", () -> network.pipeline(settings.seconds()))
                    .add("drainAtCommit", () -> drainAtCommit(network, settings.seconds()))
                    .medians();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", medians.get("drainAtCommit"));
            figures.put("pipelineTo", medians.get("pipeline") / medians.get("drainAtCommit"));
            return figures;
        }
    }

    private static double drainAtCommit(LoadedNetwork network, int seconds) throws Exception {
        ImagePreprocessor preprocessor = new ImagePreprocessor(
                ImageLimits.defaults(), network.directory().preprocessing());
        ExecutorService threads =
                Executors.newFixedThreadPool(network.classifiers().size());
        try {
            return TopologyRun.other(
                    network.kafka(),
                    settings -> new Topology()
                            .addSource(
                                    "read",
                                    new ByteArrayDeserializer(),
                                    new ByteArrayDeserializer(),
                                    settings.topics().input())
                            .addProcessor("batch", () -> new Batching(network, preprocessor, threads), "read")
                            .addSink(
                                    "labels",
                                    settings.topics().labels(),
                                    new ByteArraySerializer(),
                                    new ByteArraySerializer(),
                                    "batch"),
                    1,
                    // Only what a task asks for when it has drained: else events that wait would be committed.
                    Map.of(
                            StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                            NEVER_MILLIS,
                            StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                            NEVER_MILLIS),
                    seconds);
        } finally {
            threads.shutdownNow();
        }
    }

    /** A task's batch. */
    private static final class Batching implements Processor<byte[], byte[], byte[], byte[]> {
        private final LoadedNetwork network;
        private final ImagePreprocessor preprocessor;
        private final ExecutorService threads;
        private final List<Record<byte[], byte[]>> waiting = new ArrayList<>();
        private ProcessorContext<byte[], byte[]> context;

        Batching(LoadedNetwork network, ImagePreprocessor preprocessor, ExecutorService threads) {
            this.network = network;
            this.preprocessor = preprocessor;
            this.threads = threads;
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> processorContext) {
            context = processorContext;
            context.schedule(COMMIT_INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> drain());
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            waiting.add(record);
            if (waiting.size() >= Service.LARGEST_BATCH) {
                drain();
            }
        }

        private void drain() {
            if (waiting.isEmpty()) {
                return;
            }
            int parts = network.classifiers().size();
            List<Future<float[][]>> results = new ArrayList<>();
            for (int part = 0; part < parts; part++) {
                List<Record<byte[], byte[]>> share =
                        waiting.subList(waiting.size() * part / parts, waiting.size() * (part + 1) / parts);
                Classifier classifier = network.classifiers().get(part);
                results.add(threads.submit(() -> classify(classifier, share)));
            }
            int next = 0;
            for (Future<float[][]> result : results) {
                for (float[] row : rows(result)) {
                    Record<byte[], byte[]> record = waiting.get(next++);
                    context.forward(record.withValue(TopPrediction.toJson(row)));
                }
            }
            waiting.clear();
            context.commit();
        }

        private float[][] classify(Classifier classifier, List<Record<byte[], byte[]>> share)
                throws RejectedEventException {
            List<byte[]> pixels = new ArrayList<>();
            for (Record<byte[], byte[]> record : share) {
                pixels.add(preprocessor.toPixels(record.value()));
            }
            return pixels.isEmpty() ? new float[0][] : classifier.classify(pixels);
        }

        private static float[][] rows(Future<float[][]> result) {
            try {
                return result.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }
}
