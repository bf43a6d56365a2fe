package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.DeviceLoad;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.Photographs;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.Service;
import io.resnetstreams.bench.SimulatedDevice;
import io.resnetstreams.bench.TopPrediction;
import io.resnetstreams.bench.TopologyRun;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A device that is faster than this machine: it takes each batch's pixels into a buffer and then sleeps as long as MXNet's
 * published ResNet-50 in fp32 takes on a V100. Small images, scaled up to 224×224.
 */
final class SimulatedDeviceScenario implements Scenario {
    private static final int CLASSES = 1_000;
    private static final int DEVICES = 4;
    private static final int EVENTS_PER_SECOND = 5_000;
    private static final Preprocessing INPUT = new Preprocessing(256, 224, 224);

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        try (KafkaSetup kafka = new KafkaSetup(settings.directory().resolve("simulated-broker"))) {
            kafka.produce(Photographs.samples(settings.bundledModel()), EVENTS_PER_SECOND * (settings.seconds() + 2));
            byte[] image = new byte[224 * 224 * 3];
            Map<String, Double> medians = new Rounds(settings.rounds())
                    .add(
                            "ceiling",
                            () -> DeviceLoad.rate(
                                    List.of(new SimulatedDevice(image.length, CLASSES)),
                                    image,
                                    Service.LARGEST_BATCH,
                                    settings.seconds()))
                    .add("one", () -> pipeline(kafka, 1, settings.seconds()))
                    .add("four", () -> pipeline(kafka, DEVICES, settings.seconds()))
                    .add("perRecord", () -> perRecord(kafka, settings.seconds()))
                    .medians();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", medians.get("one"));
            figures.put("ceiling", medians.get("ceiling"));
            figures.put("fourDevicesPerSecond", medians.get("four"));
            figures.put("toCeiling", medians.get("one") / medians.get("ceiling"));
            figures.put("perRecordTo", medians.get("one") / medians.get("perRecord"));
            figures.put("fourDevicesToOne", medians.get("four") / medians.get("one"));
            return figures;
        }
    }

    private static double pipeline(KafkaSetup kafka, int devices, int seconds) throws Exception {
        List<List<Classifier>> classifiers = new ArrayList<>();
        for (int device = 0; device < devices; device++) {
            classifiers.add(List.of(new SimulatedDevice(224 * 224 * 3, CLASSES)));
        }
        try (Service service = new Service(classifiers, INPUT, CLASSES, Service.LARGEST_BATCH)) {
            return TopologyRun.pipeline(kafka, service.service()::classify, seconds);
        }
    }

    private static double perRecord(KafkaSetup kafka, int seconds) throws Exception {
        ImagePreprocessor preprocessor = new ImagePreprocessor(ImageLimits.defaults(), INPUT);
        SimulatedDevice device = new SimulatedDevice(224 * 224 * 3, CLASSES);
        return TopologyRun.other(
                kafka,
                settings -> PerRecordScenario.topology(
                        settings.topics().input(), settings.topics().labels(), value -> {
                            try {
                                return TopPrediction.toJson(device.classify(List.of(preprocessor.toPixels(value)))[0]);
                            } catch (io.resnetstreams.events.RejectedEventException e) {
                                return new byte[0];
                            }
                        }),
                1,
                Map.of(),
                seconds);
    }
}
