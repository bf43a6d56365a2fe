package io.resnetstreams.bench;

import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.precision.SpeedComparison;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A device that is faster than this machine: a {@link SimulatedDevice} with the speed of a V100. The images are small and
 * are scaled up to 224×224.
 */
final class SimulatedDeviceScenario {
    private static final int CLASSES = 1_000;
    private static final int DEVICES = 4;
    private static final int EVENTS_PER_SECOND = 5_000;
    private static final Preprocessing INPUT = new Preprocessing(256, 224, 224);
    private static final int LARGEST = 32;
    private static final byte[] BLANK_IMAGE = new byte[224 * 224 * 3];

    private SimulatedDeviceScenario() {}

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        int seconds = settings.seconds();
        try (KafkaSetup kafka = new KafkaSetup(settings, "simulated-broker")) {
            kafka.supply(
                    KafkaSetup.INPUT, Photographs.samples(settings.bundledModel()), EVENTS_PER_SECOND * (seconds + 2));
            Rounds rounds = settings.newRounds()
                    .add(
                            "ceiling",
                            () -> SpeedComparison.rate(
                                    devices(1), BLANK_IMAGE, BenchSettings.LARGEST_BATCH, 1_000L * seconds))
                    .add("one", () -> pipeline(kafka, 1, seconds))
                    .add("four", () -> pipeline(kafka, DEVICES, seconds))
                    .add(
                            "perRecord",
                            () -> AlternativeScenarios.perRecordRate(
                                    kafka, BenchSettings.preprocessor(INPUT), devices(1), seconds));
            Map<String, Double> medians = rounds.medians();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", medians.get("one"));
            figures.put("ceiling", medians.get("ceiling"));
            figures.put("fourDevicesPerSecond", medians.get("four"));
            double toCeiling = medians.get("one") / medians.get("ceiling");
            figures.put("toCeiling", toCeiling);
            Disturbance.mark(figures, toCeiling);
            figures.put("perRecordTo", medians.get("one") / medians.get("perRecord"));
            figures.put("fourDevicesToOne", medians.get("four") / medians.get("one"));
            figures.put("scale", ScaleScenario.run(settings));
            return figures;
        }
    }

    private static List<Classifier> devices(int count) {
        return Stream.<Classifier>generate(SimulatedDevice::new).limit(count).toList();
    }

    private static double pipeline(KafkaSetup kafka, int devices, int seconds) throws Exception {
        List<List<Classifier>> classifiers =
                devices(devices).stream().map(List::of).toList();
        try (Service service = new Service(classifiers, INPUT, CLASSES, BenchSettings.LARGEST_BATCH)) {
            return kafka.run().pipeline(service.classifier(), seconds);
        }
    }

    /**
     * A device that waits instead of computing. Batches run one after another, as on a device with one queue. The times between
     * the given batch sizes are interpolated.
     */
    static final class SimulatedDevice implements Classifier {
        private static final double[] BATCHES = {1, 8, LARGEST};
        /** MXNet's published throughput of ResNet-50 in fp32 on a V100: 162, 699 and 1,077 images/s. */
        private static final double[] V100_SECONDS = {1 / 162.0, 8 / 699.0, LARGEST / 1_077.0};

        private final double[] seconds;
        private final int classes;
        private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
        private long freeAt;

        /** Creates a V100. */
        SimulatedDevice() {
            this(V100_SECONDS, CLASSES);
        }

        /** Creates a device that takes these times for batches of 1, 8 and 32, and returns rows of so many probabilities. */
        SimulatedDevice(double[] seconds, int classes) {
            this.seconds = seconds;
            this.classes = classes;
        }

        long nanos(int batch) {
            int after = 1;
            while (after < BATCHES.length - 1 && batch > BATCHES[after]) {
                after++;
            }
            double share = (batch - BATCHES[after - 1]) / (BATCHES[after] - BATCHES[after - 1]);
            return (long) ((seconds[after - 1] + share * (seconds[after] - seconds[after - 1])) * 1e9);
        }

        @Override
        public float[][] classify(List<byte[]> images) {
            return begin(images).get();
        }

        @Override
        public Supplier<float[][]> begin(List<byte[]> images) {
            int bytes = images.stream().mapToInt(image -> image.length).sum();
            if (buffer.capacity() < bytes) {
                buffer = ByteBuffer.allocateDirect(bytes);
            }
            buffer.clear();
            images.forEach(buffer::put);
            long ends = Math.max(System.nanoTime(), freeAt) + nanos(images.size());
            freeAt = ends;
            return () -> {
                for (long left = ends - System.nanoTime(); left > 0; left = ends - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                return new Service.ConstantNetwork(classes).classify(images);
            };
        }
    }
}
