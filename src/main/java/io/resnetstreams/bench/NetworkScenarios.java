package io.resnetstreams.bench;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The throughput of a network on the CPU, alone and in the pipeline. */
final class NetworkScenarios {
    private static final int[] BATCHES = {1, 2, 4, 8, 16, 32};
    private static final int CALIBRATION_IMAGES = 64;
    /** An upper bound of the throughput of the bundled model on a CPU. */
    private static final int SAMPLES_PER_SECOND = 5_000;

    private NetworkScenarios() {}

    /** Measures ResNet-50 without the pipeline, by batch size, with pixels in memory. */
    static Map<String, Object> ceiling(BenchSettings settings) throws Exception {
        try (LoadedNetwork network = new LoadedNetwork(LoadedNetwork.resNet50(settings, "ceiling"), null)) {
            Rounds rounds = new Rounds(settings.rounds());
            for (int batch : BATCHES) {
                rounds.add(Integer.toString(batch), () -> network.ceiling(batch, settings.seconds()));
            }
            Map<String, Double> byBatch = rounds.medians();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", Collections.max(byBatch.values()));
            figures.put("byBatch", byBatch);
            return figures;
        }
    }

    /**
     * Compares the whole pipeline, up to a {@code read_committed} consumer, with the network alone.
     *
     * <p>{@code stages} are the mean times of an event, in milliseconds: decoding, waiting for a device ({@code queueWait}),
     * inference of its batch, and from its outcome until a consumer has read it, which includes waiting for earlier events of
     * the partition. The time before decoding is omitted, since it only depends on the length of the backlog.
     */
    static Map<String, Object> pipeline(BenchSettings settings) throws Exception {
        return LoadedNetwork.withResNet50(settings, "pipeline", network -> {
            List<ServiceWork> works = new ArrayList<>();
            List<Double> busy = new ArrayList<>();
            Map<String, Double> medians = new Rounds(settings.rounds())
                    .add("ceiling", () -> network.ceiling(settings.seconds()))
                    .add("pipeline", () -> pipeline(network, settings.seconds(), works, busy))
                    .medians();
            List<ServiceWork> measured = works.subList(1, works.size());
            ServiceWork all = ServiceWork.sum(measured);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", medians.get("pipeline"));
            figures.put("ceiling", medians.get("ceiling"));
            figures.put("toCeiling", medians.get("pipeline") / medians.get("ceiling"));
            figures.put("meanBatch", Rounds.median(measured, ServiceWork::meanBatch));
            figures.put("deviceBusy", Rounds.median(busy.subList(1, busy.size())));
            figures.put("batchSizes", all.batchSizes());
            figures.put("stages", all.stageMillis());
            return figures;
        });
    }

    private static double pipeline(LoadedNetwork network, int seconds, List<ServiceWork> works, List<Double> busy)
            throws Exception {
        long start = System.nanoTime();
        try (Service service = network.service()) {
            double rate = network.kafka().run().pipeline(service::classifyTimed, seconds, service::committed);
            works.add(service.work());
            // The whole time, including the assignment of partitions.
            long workerNanos = network.classifiers().size() * (System.nanoTime() - start);
            busy.add((double) service.work().busyNanos() / workerNanos);
            return rate;
        }
    }

    /** Measures the network alone and the pipeline, in each precision that this CPU supports. */
    static Map<String, Object> precision(BenchSettings settings) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        try (KafkaSetup kafka = LoadedNetwork.photographs(settings, "precision-resnet50")) {
            ModelDirectory resNet50 = LoadedNetwork.resNet50(settings, "precision-resnet50");
            figures.put("resnet50", precisions(settings, resNet50, Photographs.read(settings.images()), kafka));
        }
        List<byte[]> samples = Photographs.samples(settings.bundledModel());
        try (KafkaSetup kafka = new KafkaSetup(settings, "precision-bundled-broker")) {
            kafka.produce(KafkaSetup.INPUT, samples, SAMPLES_PER_SECOND * (settings.seconds() + 2));
            ModelDirectory bundled = ModelDirectory.load(settings.bundledModel());
            figures.put("bundled", precisions(settings, bundled, samples, kafka));
        }
        return figures;
    }

    private static Map<String, Object> precisions(
            BenchSettings settings, ModelDirectory model, List<byte[]> images, KafkaSetup kafka) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        Map<Precision, LoadedNetwork> networks = new LinkedHashMap<>();
        try {
            networks.put(Precision.FP32, new LoadedNetwork(model, kafka));
            for (Precision precision : List.of(Precision.BF16, Precision.INT8)) {
                try {
                    networks.put(precision, new LoadedNetwork(reduced(settings, model, images, precision), kafka));
                } catch (IllegalArgumentException e) {
                    Throwable reason = e.getCause() == null ? e : e.getCause();
                    figures.put(precision.toString(), Map.of("unavailable", reason.getMessage()));
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
        List<byte[]> pixels = new ArrayList<>();
        if (precision == Precision.INT8) {
            ImagePreprocessor preprocessor = BenchSettings.preprocessor(model.preprocessing());
            for (byte[] image : images.subList(0, Math.min(images.size(), CALIBRATION_IMAGES))) {
                pixels.add(preprocessor.toPixels(image));
            }
        }
        String name = model.name() + "-" + precision;
        return ModelQuantization.write(
                model, precision, pixels, name, null, settings.directory().resolve(name));
    }
}
