package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.CommitLatency;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.LoadedNetwork;
import io.resnetstreams.bench.OpenLoop;
import io.resnetstreams.bench.Photographs;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.Service;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.topology.PipelineSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Time from an event to its committed label, under loads of 5 to 95 % of what the pipeline does at most. The floor is what
 * one image takes on the device and one transaction takes to commit, both measured, medians.
 */
final class LatencyScenario implements Scenario {
    private static final int[] LOADS = {5, 20, 50, 80, 95};
    /** Fewer say nothing about a 99th percentile; with a slow network a load takes longer than was asked for. */
    private static final int LEAST_EVENTS = 100;

    private static final int SINGLE_IMAGES = 21;
    private static final double MILLI = 1e6;
    private static final long SEED = 1;

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        try (KafkaSetup kafka = LoadedNetwork.photographs(settings, "latency");
                LoadedNetwork network = new LoadedNetwork(LoadedNetwork.resNet50(settings, "latency"), kafka)) {
            network.warmUp();
            network.pipeline(settings.seconds());
            double most = network.pipeline(settings.seconds());
            double inference = singleImageNanos(network);
            double commit = commitNanos(network);
            double floor = inference + commit;
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", most);
            figures.put("inferenceMillis", inference / MILLI);
            figures.put("commitMillis", commit / MILLI);
            figures.put("seed", SEED);
            OpenLoop loop = new OpenLoop(network.kafka(), Photographs.read(settings.images()));
            try (Service service = network.service()) {
                for (int load : LOADS) {
                    double rate = most * load / 100;
                    int events = Math.max(LEAST_EVENTS, (int) (rate * settings.seconds()));
                    Histogram latencies = loop.latencies(service.service()::classify, rate, events, SEED);
                    figures.put(Integer.toString(load), figures(latencies, floor));
                }
            }
            return figures;
        }
    }

    private static Map<String, Object> figures(Histogram latencies, double floor) {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (int percentile : new int[] {50, 95, 99}) {
            figures.put("p" + percentile, latencies.getValueAtPercentile(percentile) / MILLI);
        }
        figures.put("floor", floor / MILLI);
        Map<String, Object> toFloor = new LinkedHashMap<>();
        for (int percentile : new int[] {50, 95, 99}) {
            toFloor.put("p" + percentile, latencies.getValueAtPercentile(percentile) / floor);
        }
        figures.put("toFloor", toFloor);
        figures.put("events", latencies.getTotalCount());
        return figures;
    }

    private static double singleImageNanos(LoadedNetwork network) {
        Classifier classifier = network.classifiers().get(0);
        List<byte[]> image = List.of(new byte[network.imageBytes()]);
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < SINGLE_IMAGES; i++) {
            long start = System.nanoTime();
            classifier.classify(image);
            times.add((double) (System.nanoTime() - start));
        }
        return Rounds.median(times);
    }

    private static double commitNanos(LoadedNetwork network) throws Exception {
        PipelineSettings topics = network.kafka().settings();
        try {
            return CommitLatency.medianNanos(network.kafka(), topics.topics().labels());
        } finally {
            network.kafka().delete(topics);
        }
    }
}
