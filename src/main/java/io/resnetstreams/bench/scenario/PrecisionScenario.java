package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.LoadedNetwork;
import io.resnetstreams.bench.Photographs;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The throughput of the network alone and of the pipeline, in each precision that this CPU supports. */
final class PrecisionScenario implements Scenario {
    private static final int CALIBRATION_IMAGES = 64;
    /** An upper bound of the throughput of the bundled model on a CPU. */
    private static final int SAMPLES_PER_SECOND = 5_000;

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        try (KafkaSetup kafka = LoadedNetwork.photographs(settings, "precision-resnet50")) {
            ModelDirectory resNet50 = LoadedNetwork.resNet50(settings, "precision-resnet50");
            figures.put("resnet50", measure(settings, resNet50, Photographs.read(settings.images()), kafka));
        }
        List<byte[]> samples = Photographs.samples(settings.bundledModel());
        try (KafkaSetup kafka = new KafkaSetup(settings.directory().resolve("precision-bundled-broker"))) {
            kafka.produce(samples, SAMPLES_PER_SECOND * (settings.seconds() + 2));
            figures.put("bundled", measure(settings, ModelDirectory.load(settings.bundledModel()), samples, kafka));
        }
        return figures;
    }

    private static Map<String, Object> measure(
            BenchSettings settings, ModelDirectory model, List<byte[]> images, KafkaSetup kafka) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        Map<Precision, LoadedNetwork> networks = new LinkedHashMap<>();
        try {
            networks.put(Precision.FP32, new LoadedNetwork(model, kafka));
            for (Precision precision : List.of(Precision.BF16, Precision.INT8)) {
                try {
                    networks.put(precision, new LoadedNetwork(reduced(settings, model, images, precision), kafka));
                } catch (IllegalArgumentException e) {
                    figures.put(precision.toString(), Map.of("unavailable", reason(e)));
                }
            }
            networks.get(Precision.FP32).warmUp();
            Rounds rounds = new Rounds(settings.rounds());
            networks.forEach((precision, network) -> {
                rounds.add(precision + "-ceiling", () -> network.ceiling(settings.seconds()));
                rounds.add(precision + "-pipeline", () -> network.pipeline(settings.seconds()));
            });
            Map<String, Double> medians = rounds.medians();
            for (Precision precision : networks.keySet()) {
                figures.put(precision.toString(), figures(precision, medians));
            }
        } finally {
            networks.values().forEach(LoadedNetwork::close);
        }
        return figures;
    }

    private static Map<String, Object> figures(Precision precision, Map<String, Double> medians) {
        double ceiling = medians.get(precision + "-ceiling");
        double pipeline = medians.get(precision + "-pipeline");
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("imagesPerSecond", ceiling);
        figures.put("toFp32", ceiling / medians.get(Precision.FP32 + "-ceiling"));
        figures.put("pipelineImagesPerSecond", pipeline);
        figures.put("pipelineToCeiling", pipeline / ceiling);
        return figures;
    }

    private static ModelDirectory reduced(
            BenchSettings settings, ModelDirectory model, List<byte[]> images, Precision precision)
            throws IOException, RejectedEventException {
        ImagePreprocessor preprocessor =
                new ImagePreprocessor(BenchSettings.PIPELINE.limits().image(), model.preprocessing());
        List<byte[]> pixels = new ArrayList<>();
        for (byte[] image : images.subList(0, Math.min(images.size(), CALIBRATION_IMAGES))) {
            pixels.add(preprocessor.toPixels(image));
        }
        String name = model.name() + "-" + precision;
        return ModelQuantization.write(
                model,
                precision,
                precision == Precision.INT8 ? pixels : List.of(),
                name,
                null,
                settings.directory().resolve(name));
    }

    private static String reason(IllegalArgumentException failure) {
        return failure.getCause() == null
                ? failure.getMessage()
                : failure.getCause().getMessage();
    }
}
