package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.LoadedNetwork;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.TopPrediction;
import io.resnetstreams.bench.TopologyRun;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.Classifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.ValueMapper;

/** What is written first: {@code mapValues} around a predictor with batches of one, in as many stream threads as cores. */
final class PerRecordScenario implements Scenario {
    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        try (KafkaSetup kafka = LoadedNetwork.photographs(settings, "per-record");
                LoadedNetwork network = new LoadedNetwork(LoadedNetwork.resNet50(settings, "per-record"), kafka)) {
            network.warmUp();
            Map<String, Double> medians = new Rounds(settings.rounds())
                    .add("pipeline", () -> network.pipeline(settings.seconds()))
                    .add("perRecord", () -> perRecord(network, settings.seconds()))
                    .medians();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", medians.get("perRecord"));
            figures.put("pipelineTo", medians.get("pipeline") / medians.get("perRecord"));
            return figures;
        }
    }

    private static double perRecord(LoadedNetwork network, int seconds) throws Exception {
        ImagePreprocessor preprocessor = new ImagePreprocessor(
                ImageLimits.defaults(), network.directory().preprocessing());
        // Each stream thread takes a predictor of its own for a record.
        BlockingQueue<Classifier> free = new LinkedBlockingQueue<>(network.classifiers());
        int threads = network.classifiers().size();
        return TopologyRun.other(
                network.kafka(),
                settings -> topology(
                        settings.topics().input(),
                        settings.topics().labels(),
                        value -> classify(preprocessor, free, value)),
                threads,
                Map.of(),
                seconds);
    }

    static Topology topology(String input, String labels, ValueMapper<byte[], byte[]> mapper) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(input, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .mapValues(mapper)
                .to(labels, Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        return builder.build();
    }

    private static byte[] classify(ImagePreprocessor preprocessor, BlockingQueue<Classifier> free, byte[] value) {
        try {
            byte[] pixels = preprocessor.toPixels(value);
            Classifier classifier = free.take();
            try {
                return TopPrediction.toJson(classifier.classify(List.of(pixels))[0]);
            } finally {
                free.add(classifier);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (io.resnetstreams.events.RejectedEventException e) {
            return new byte[0];
        }
    }
}
