package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.LoadedNetwork;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.TopPrediction;
import io.resnetstreams.bench.TopologyRun;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.Classifier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The simplest implementation: {@code mapValues} with batches of one image, and a stream thread for each worker. */
final class PerRecordScenario implements Scenario {
    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        return LoadedNetwork.comparePipeline(settings, "perRecord", network -> rate(network, settings.seconds()));
    }

    private static double rate(LoadedNetwork network, int seconds) throws Exception {
        // Each stream thread takes a classifier for the duration of a record.
        BlockingQueue<Classifier> idle = new LinkedBlockingQueue<>(network.classifiers());
        ImagePreprocessor preprocessor = network.preprocessor();
        int threads = network.classifiers().size();
        return TopologyRun.mapValues(network.kafka(), value -> classify(preprocessor, idle, value), threads, seconds);
    }

    private static byte[] classify(ImagePreprocessor preprocessor, BlockingQueue<Classifier> idle, byte[] value) {
        try {
            byte[] pixels = preprocessor.toPixels(value);
            Classifier classifier = idle.take();
            try {
                return TopPrediction.toJson(classifier.classify(List.of(pixels))[0]);
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
}
