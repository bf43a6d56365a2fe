package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.LoadedNetwork;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.Service;
import io.resnetstreams.bench.TopPrediction;
import io.resnetstreams.bench.TopologyRun;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.Classifier;
import java.time.Duration;
import java.util.ArrayList;
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
 * A simple, safe form of batching: a task collects events and classifies all of them before it commits. The events of a
 * batch are distributed over the workers, which decode and classify them.
 */
final class DrainAtCommitScenario implements Scenario {
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);
    /** The default of transaction.max.timeout.ms, which is longer than a measurement. */
    private static final int NEVER_MILLIS = 900_000;

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        return LoadedNetwork.comparePipeline(settings, "drainAtCommit", network -> rate(network, settings.seconds()));
    }

    private static double rate(LoadedNetwork network, int seconds) throws Exception {
        ImagePreprocessor preprocessor = network.preprocessor();
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
                    // Commit only when a task requests it after a batch; otherwise pending events would be committed.
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

    private static final class Batching implements Processor<byte[], byte[], byte[], byte[]> {
        private final LoadedNetwork network;
        private final ImagePreprocessor preprocessor;
        private final ExecutorService threads;
        private final List<Record<byte[], byte[]>> pending = new ArrayList<>();
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
            pending.add(record);
            if (pending.size() >= Service.LARGEST_BATCH) {
                drain();
            }
        }

        private void drain() {
            if (pending.isEmpty()) {
                return;
            }
            int parts = network.classifiers().size();
            List<Future<float[][]>> results = new ArrayList<>();
            for (int part = 0; part < parts; part++) {
                List<Record<byte[], byte[]>> share =
                        pending.subList(pending.size() * part / parts, pending.size() * (part + 1) / parts);
                Classifier classifier = network.classifiers().get(part);
                results.add(threads.submit(() -> classify(classifier, share)));
            }
            int next = 0;
            for (Future<float[][]> result : results) {
                for (float[] row : rows(result)) {
                    Record<byte[], byte[]> record = pending.get(next++);
                    context.forward(record.withValue(TopPrediction.toJson(row)));
                }
            }
            pending.clear();
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
