package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ProbabilityRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** The pipeline compared with simpler implementations, all with ResNet-50 and photographs. */
final class AlternativeScenarios {
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);
    /** The default of transaction.max.timeout.ms, which is longer than a measurement. */
    private static final int NEVER_MILLIS = 900_000;

    private AlternativeScenarios() {}

    /** Measures the simplest implementation; see {@link #perRecordRate}. */
    static Map<String, Object> perRecord(BenchSettings settings) throws Exception {
        return compare(
                settings,
                "perRecord",
                network -> perRecordRate(
                        network.kafka(), network.preprocessor(), network.classifiers(), settings.seconds()));
    }

    /**
     * Measures a simple, safe form of batching: a task collects events and classifies all of them before it commits. The events
     * of a batch are distributed over the workers, which decode and classify them.
     */
    static Map<String, Object> drainAtCommit(BenchSettings settings) throws Exception {
        return compare(settings, "drainAtCommit", network -> drainAtCommitRate(network, settings.seconds()));
    }

    private static Map<String, Object> compare(
            BenchSettings settings, String name, Rounds.Measurement<LoadedNetwork, Double> alternative)
            throws Exception {
        return EngineNetworks.withResNet50(settings, name, networks -> {
            Rounds rounds = settings.newRounds();
            for (LoadedNetwork network : networks.all()) {
                rounds.add(network.candidate("pipeline"), () -> network.pipeline(settings.seconds()))
                        .add(network.candidate(name), () -> alternative.measure(network));
            }
            Map<String, Double> medians = rounds.medians();
            return networks.figures(network -> {
                double rate = medians.get(network.candidate(name));
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("imagesPerSecond", rate);
                figures.put("pipelineTo", medians.get(network.candidate("pipeline")) / rate);
                return figures;
            });
        });
    }

    /** Runs {@code mapValues} with batches of one image, and a stream thread for each classifier. */
    static double perRecordRate(
            KafkaSetup kafka, ImagePreprocessor preprocessor, List<? extends Classifier> classifiers, int seconds)
            throws Exception {
        // Each stream thread takes a classifier for the duration of a record.
        BlockingQueue<Classifier> idle = new LinkedBlockingQueue<>(classifiers);
        return kafka.run().mapValues(value -> classify(preprocessor, idle, value), classifiers.size(), seconds);
    }

    private static byte[] classify(ImagePreprocessor preprocessor, BlockingQueue<Classifier> idle, byte[] value) {
        try {
            byte[] pixels = preprocessor.toPixels(value);
            Classifier classifier = idle.take();
            try {
                return toJson(classifier.classify(List.of(pixels))[0]);
            } finally {
                idle.add(classifier);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (RejectedEventException e) {
            return new byte[0];
        }
    }

    /** Returns the smallest result that an implementation must write: the most probable class and its probability. */
    private static byte[] toJson(float[] probabilities) {
        int top = ProbabilityRows.argmax(probabilities, 0, probabilities.length);
        return ("{\"index\":" + top + ",\"probability\":" + probabilities[top] + "}").getBytes(UTF_8);
    }

    private static double drainAtCommitRate(LoadedNetwork network, int seconds) throws Exception {
        ExecutorService threads =
                Executors.newFixedThreadPool(network.classifiers().size());
        // Commit only when a task requests it after a batch; otherwise pending events would be committed.
        Map<String, Object> properties = Map.of(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                NEVER_MILLIS,
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                NEVER_MILLIS);
        try {
            return network.kafka()
                    .run()
                    .other(input -> input.process(() -> new Batching(network, threads)), properties, seconds);
        } finally {
            threads.shutdownNow();
        }
    }

    private static final class Batching implements Processor<byte[], byte[], byte[], byte[]> {
        private final LoadedNetwork network;
        private final ImagePreprocessor preprocessor;
        private final ExecutorService threads;
        private final List<Record<byte[], byte[]>> pending = new ArrayList<>();
        private ProcessorContext<byte[], byte[]> context;

        Batching(LoadedNetwork network, ExecutorService threads) {
            this.network = network;
            this.preprocessor = network.preprocessor();
            this.threads = threads;
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> processorContext) {
            context = processorContext;
            context.schedule(COMMIT_INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> drain());
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            pending.add(record);
            if (pending.size() >= BenchSettings.LARGEST_BATCH) {
                drain();
            }
        }

        private void drain() {
            if (pending.isEmpty()) {
                return;
            }
            int parts = network.classifiers().size();
            List<CompletableFuture<float[][]>> results = new ArrayList<>();
            for (int part = 0; part < parts; part++) {
                List<Record<byte[], byte[]>> share =
                        pending.subList(pending.size() * part / parts, pending.size() * (part + 1) / parts);
                Classifier classifier = network.classifiers().get(part);
                results.add(CompletableFuture.supplyAsync(() -> classify(classifier, share), threads));
            }
            int next = 0;
            for (CompletableFuture<float[][]> result : results) {
                for (float[] row : result.join()) {
                    Record<byte[], byte[]> record = pending.get(next++);
                    context.forward(record.withValue(toJson(row)));
                }
            }
            pending.clear();
            context.commit();
        }

        private float[][] classify(Classifier classifier, List<Record<byte[], byte[]>> share) {
            List<byte[]> pixels = new ArrayList<>();
            try {
                for (Record<byte[], byte[]> record : share) {
                    pixels.add(preprocessor.toPixels(record.value()));
                }
            } catch (RejectedEventException e) {
                throw new IllegalStateException(e);
            }
            return pixels.isEmpty() ? new float[0][] : classifier.classify(pixels);
        }
    }
}
