package io.resnetstreams.bench;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The network alone and the pipeline, in each precision that an engine has on the device. */
final class PrecisionScenario {
    private static final List<Precision> ON_CPU = List.of(Precision.BF16, Precision.INT8);
    private static final List<Precision> ON_GPU = List.of(Precision.FP16);
    private static final int CALIBRATION_IMAGES = 64;
    /** About the throughput of the bundled model on a CPU; a faster machine gets more while it measures. */
    private static final int SAMPLES_PER_SECOND = 5_000;

    private final BenchSettings settings;
    private final ModelDirectory model;
    private final List<byte[]> images;
    private final KafkaSetup kafka;

    private PrecisionScenario(BenchSettings settings, ModelDirectory model, List<byte[]> images, KafkaSetup kafka) {
        this.settings = settings;
        this.model = model;
        this.images = images;
        this.kafka = kafka;
    }

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        try (KafkaSetup kafka = EngineNetworks.photographs(settings, "precision-resnet50")) {
            ModelDirectory resNet50 = EngineNetworks.resNet50(settings, "precision-resnet50");
            List<byte[]> photographs = Photographs.read(settings.images());
            figures.put("resnet50", new PrecisionScenario(settings, resNet50, photographs, kafka).measure());
        }
        figures.put("bundled", bundled(settings));
        return figures;
    }

    /** Measures the bundled model. */
    static Map<String, Object> bundled(BenchSettings settings) throws Exception {
        List<byte[]> samples = Photographs.samples(settings.bundledModel());
        try (KafkaSetup kafka = new KafkaSetup(settings, "precision-bundled-broker")) {
            kafka.supply(KafkaSetup.INPUT, samples, SAMPLES_PER_SECOND * (settings.seconds() + 2));
            ModelDirectory bundled = ModelDirectory.load(settings.bundledModel());
            return new PrecisionScenario(settings, bundled, samples, kafka).measure();
        }
    }

    private Map<String, Object> measure() throws Exception {
        Map<EngineName, Precisions> ofEngines = new EnumMap<>(EngineName.class);
        try (EngineNetworks networks = new EngineNetworks(settings, model, kafka)) {
            try {
                for (LoadedNetwork network : networks.all()) {
                    Precisions precisions = new Precisions(network);
                    ofEngines.put(network.engine(), precisions);
                    precisions.load();
                }
                networks.warmUp();
                Rounds rounds = settings.newRounds();
                ofEngines.values().forEach(precisions -> precisions.addTo(rounds));
                Map<String, Double> medians = rounds.medians();
                return networks.figures(
                        network -> ofEngines.get(network.engine()).figures(medians));
            } finally {
                ofEngines.values().forEach(Precisions::close);
            }
        }
    }

    /** The precisions of one engine. It closes those that it has loaded itself. */
    private final class Precisions {
        private final LoadedNetwork fp32;
        private final Map<Precision, LoadedNetwork> reduced = new EnumMap<>(Precision.class);
        private final Map<Precision, String> unavailable = new EnumMap<>(Precision.class);

        Precisions(LoadedNetwork fp32) {
            this.fp32 = fp32;
        }

        void load() throws IOException, RejectedEventException {
            for (Precision precision : fp32.isOnGpu() ? ON_GPU : ON_CPU) {
                try {
                    reduced.put(
                            precision,
                            new LoadedNetwork(
                                    reduced(precision), kafka, fp32.engine().toString(), settings.device()));
                } catch (IllegalArgumentException e) {
                    Throwable reason = e.getCause() == null ? e : e.getCause();
                    unavailable.put(precision, reason.getMessage());
                }
            }
        }

        private ModelDirectory reduced(Precision precision) throws IOException, RejectedEventException {
            List<byte[]> pixels = new ArrayList<>();
            if (precision == Precision.INT8) {
                ImagePreprocessor preprocessor = fp32.preprocessor();
                for (byte[] image : images.subList(0, Math.min(images.size(), CALIBRATION_IMAGES))) {
                    pixels.add(preprocessor.toPixels(image));
                }
            }
            String name = model.name() + "-" + precision;
            return ModelQuantization.write(
                    model,
                    precision,
                    fp32.engine(),
                    pixels,
                    name,
                    null,
                    settings.directory().resolve(fp32.candidate(name)));
        }

        private Map<Precision, LoadedNetwork> networks() {
            Map<Precision, LoadedNetwork> networks = new EnumMap<>(reduced);
            networks.put(Precision.FP32, fp32);
            return networks;
        }

        void addTo(Rounds rounds) {
            networks().forEach((precision, network) -> {
                rounds.add(ceiling(precision), () -> network.ceiling(settings.seconds()));
                rounds.add(pipeline(precision), () -> network.pipeline(settings.seconds()));
            });
        }

        private String ceiling(Precision precision) {
            return fp32.candidate(precision + "-ceiling");
        }

        private String pipeline(Precision precision) {
            return fp32.candidate(precision + "-pipeline");
        }

        Map<String, Object> figures(Map<String, Double> medians) {
            Map<String, Object> figures = new LinkedHashMap<>();
            for (Precision precision : networks().keySet()) {
                figures.put(precision.toString(), figures(precision, medians));
            }
            unavailable.forEach(
                    (precision, reason) -> figures.put(precision.toString(), Map.of("unavailable", reason)));
            return figures;
        }

        private Map<String, Object> figures(Precision precision, Map<String, Double> medians) {
            double ceiling = medians.get(ceiling(precision));
            double pipeline = medians.get(pipeline(precision));
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", ceiling);
            figures.put("toFp32", ceiling / medians.get(ceiling(Precision.FP32)));
            figures.put("pipelineImagesPerSecond", pipeline);
            figures.put("pipelineToCeiling", pipeline / ceiling);
            Disturbance.mark(figures, pipeline / ceiling);
            return figures;
        }

        void close() {
            reduced.values().forEach(LoadedNetwork::close);
        }
    }
}
