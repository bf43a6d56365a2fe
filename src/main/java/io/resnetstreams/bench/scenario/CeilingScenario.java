package io.resnetstreams.bench.scenario;

import ai.djl.Device;
import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.DeviceLoad;
import io.resnetstreams.bench.LoadedNetwork;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.Service;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import java.util.LinkedHashMap;
import java.util.Map;

/** The throughput of ResNet-50 without the pipeline, by batch size, with pixels in memory. */
final class CeilingScenario implements Scenario {
    private static final int[] BATCHES = {1, 2, 4, 8, 16, 32};

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        int workers = Runtime.getRuntime().availableProcessors();
        try (DeviceModel model = DeviceModel.load(
                LoadedNetwork.resNet50(settings, "ceiling"), Device.cpu(), workers, Service.LARGEST_BATCH)) {
            byte[] image = new byte[model.imageBytes()];
            Rounds rounds = new Rounds(settings.rounds());
            for (int batch : BATCHES) {
                rounds.add(
                        Integer.toString(batch),
                        () -> DeviceLoad.rate(model.classifiers(), image, batch, settings.seconds()));
            }
            Map<String, Double> byBatch = rounds.medians();
            model.classifiers().forEach(Classifier::close);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put(
                    "imagesPerSecond",
                    byBatch.values().stream().max(Double::compare).orElseThrow());
            figures.put("byBatch", byBatch);
            return figures;
        }
    }
}
