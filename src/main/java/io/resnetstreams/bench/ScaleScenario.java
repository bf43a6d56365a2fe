package io.resnetstreams.bench;

import io.resnetstreams.bench.SimulatedDeviceScenario.SimulatedDevice;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where one instance ends: simulated devices of 6,000 images/s, as an A100 with TensorRT, and images of one pixel, whose decoding
 * costs next to nothing. The processor time that an event costs with fewer devices predicts the rate with more devices, which are
 * then measured. An event costs less at higher rates, since polls and commits have more of them.
 */
final class ScaleScenario {
    private static final int[] DEVICES = {1, 4, 8, 24};
    private static final int IMAGES_PER_SECOND = 6_000;
    /** A full batch takes its share of the rate; one image takes a millisecond. */
    private static final double[] SECONDS = {0.001, 8.0 / 4_000, 32.0 / IMAGES_PER_SECOND};

    private static final int CLASSES = 10;
    private static final Preprocessing INPUT = new Preprocessing(0, 1, 1);
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private ScaleScenario() {}

    /** The figures of a measurement; all times are microseconds of a processor for an event. */
    private record Cost(double rate, Map<String, Double> byRole, double pipeline, double process) {
        static Cost median(List<Cost> costs) {
            Map<String, List<Double>> roles = new LinkedHashMap<>();
            costs.forEach(cost -> cost.byRole.forEach((role, micros) ->
                    roles.computeIfAbsent(role, name -> new ArrayList<>()).add(micros)));
            Map<String, Double> byRole = new HashMap<>();
            roles.forEach((role, micros) -> byRole.put(role, Rounds.median(micros)));
            return new Cost(
                    Rounds.median(costs, Cost::rate),
                    byRole,
                    Rounds.median(costs, Cost::pipeline),
                    Rounds.median(costs, Cost::process));
        }

        double perStreamThread() {
            return 1e6 / byRole.get("stream");
        }

        /** Returns the rate with this many devices: their own, that of one stream thread, or that of all cores. */
        double predicted(int devices) {
            return Math.min(devices * IMAGES_PER_SECOND, Math.min(perStreamThread(), CORES * 1e6 / process));
        }

        String firstLimit(int devices) {
            double predicted = predicted(devices);
            if (predicted == devices * IMAGES_PER_SECOND) {
                return "devices";
            }
            return predicted == perStreamThread() ? "streamThread" : "cores";
        }
    }

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        int seconds = settings.seconds();
        Map<Integer, List<Cost>> costs = new LinkedHashMap<>();
        try (KafkaSetup kafka = new KafkaSetup(settings, "scale-broker")) {
            kafka.supply(
                    KafkaSetup.INPUT,
                    List.of(onePixel()),
                    DEVICES[DEVICES.length - 1] * IMAGES_PER_SECOND * (seconds + 2));
            Rounds rounds = settings.newRounds();
            for (int devices : DEVICES) {
                rounds.add(Integer.toString(devices), () -> {
                    Cost cost = measure(kafka, devices, seconds);
                    costs.computeIfAbsent(devices, number -> new ArrayList<>()).add(cost);
                    return cost.rate();
                });
            }
            rounds.medians();
            Map<String, Object> figures = new LinkedHashMap<>();
            Cost before = null;
            for (int devices : DEVICES) {
                Cost cost = median(costs.get(devices));
                figures.put(Integer.toString(devices), figures(devices, cost, before));
                before = cost;
            }
            figures.put("eventsPerStreamThread", before.perStreamThread());
            figures.put("eventsPerDecodeCore", 1e6 / before.byRole().get("decode"));
            return figures;
        }
    }

    /** Without the first round, in which Java compiles. */
    private static Cost median(List<Cost> costs) {
        return Cost.median(costs.subList(1, costs.size()));
    }

    /** @param before the costs with fewer devices; null if there are none */
    private static Map<String, Object> figures(int devices, Cost cost, Cost before) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("imagesPerSecond", cost.rate());
        figures.put("toDevices", cost.rate() / (devices * IMAGES_PER_SECOND));
        if (before != null) {
            figures.put("predicted", before.predicted(devices));
            figures.put("toPredicted", cost.rate() / before.predicted(devices));
            figures.put("firstLimit", before.firstLimit(devices));
        }
        figures.put("micros", cost.byRole());
        figures.put("pipelineMicros", cost.pipeline());
        figures.put("processMicros", cost.process());
        return figures;
    }

    private static Cost measure(KafkaSetup kafka, int devices, int seconds) throws Exception {
        List<List<Classifier>> classifiers = Stream.generate(
                        () -> List.<Classifier>of(new SimulatedDevice(SECONDS, CLASSES)))
                .limit(devices)
                .toList();
        // Before the service, whose threads it counts.
        TopologyRun run = kafka.run();
        try (Service service = new Service(classifiers, INPUT, CLASSES, BenchSettings.LARGEST_BATCH)) {
            double rate = run.pipeline(service.classifier(), seconds);
            ProcessorTime time = run.processorTime();
            return new Cost(rate, time.microsByRole(), time.microsPerRecord(), time.processMicrosPerRecord());
        }
    }

    /** Returns a BMP of one pixel. */
    private static byte[] onePixel() {
        byte[] bmp = new byte[58];
        bmp[0] = 'B';
        bmp[1] = 'M';
        bmp[2] = 58; // the file's size
        bmp[10] = 54; // the offset of the pixels
        bmp[14] = 40; // the size of the header
        bmp[18] = 1; // width
        bmp[22] = 1; // height
        bmp[26] = 1; // planes
        bmp[28] = 24; // bits of a pixel
        return bmp;
    }
}
