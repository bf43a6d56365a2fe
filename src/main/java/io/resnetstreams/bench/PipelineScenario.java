package io.resnetstreams.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Photographs through broker and pipeline to labels that a {@code read_committed} reader sees, against the ceiling. */
final class PipelineScenario implements Scenario {
    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        try (KafkaSetup kafka = LoadedNetwork.photographs(settings, "pipeline");
                LoadedNetwork network = new LoadedNetwork(LoadedNetwork.resNet50(settings, "pipeline"), kafka)) {
            network.warmUp();
            List<Double> meanBatches = new ArrayList<>();
            List<Double> busy = new ArrayList<>();
            Map<String, Double> medians = new Rounds(settings.rounds())
                    .add("ceiling", () -> network.ceiling(settings.seconds()))
                    .add("pipeline", () -> pipeline(network, settings.seconds(), meanBatches, busy))
                    .medians();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", medians.get("pipeline"));
            figures.put("ceiling", medians.get("ceiling"));
            figures.put("toCeiling", medians.get("pipeline") / medians.get("ceiling"));
            figures.put("meanBatch", Rounds.median(meanBatches.subList(1, meanBatches.size())));
            figures.put("deviceBusy", Rounds.median(busy.subList(1, busy.size())));
            return figures;
        }
    }

    private static double pipeline(LoadedNetwork network, int seconds, List<Double> meanBatches, List<Double> busy)
            throws Exception {
        long start = System.nanoTime();
        try (Service service = network.service()) {
            double rate = TopologyRun.pipeline(network.kafka(), service.service()::classify, seconds);
            meanBatches.add(service.meanBatch());
            // From start to end, the wait for partitions included.
            busy.add((double) service.busyNanos() / service.workers() / (System.nanoTime() - start));
            return rate;
        }
    }
}
