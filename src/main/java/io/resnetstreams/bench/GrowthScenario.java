package io.resnetstreams.bench;

import io.resnetstreams.image.Preprocessing;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Events per second as the load grows: with more partitions, a larger window, larger images, more labels and a longer
 * backlog. The classifier is constant, except for labels, where only the network is.
 */
final class GrowthScenario {
    private static final int SMALL_EVENT_BYTES = 100;
    private static final int[] PARTITIONS = {1, 6, 48};
    private static final String PASS_THROUGH = "pass-through-";
    private static final int[] WINDOWS = {64, 512, 4_096};
    private static final int[] IMAGE_KILOBYTES = {2, 100, 5_000};
    private static final int MEGABYTES_PER_TOPIC = 400;
    private static final int[] LABELS = {10, 1_000, 10_000};
    /** Kept up while it is measured, since a fast machine would process the smallest within the first commits. */
    private static final int[] BACKLOGS = {30_000, 100_000, 1_000_000};

    private GrowthScenario() {}

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        int seconds = settings.seconds();
        List<byte[]> small = List.of(OverheadScenario.random(SMALL_EVENT_BYTES));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("partitions", partitions(settings));
        try (KafkaSetup kafka = new KafkaSetup(settings, "growth")) {
            kafka.supply(KafkaSetup.INPUT, small, OverheadScenario.EVENTS_PER_SECOND * (seconds + 2));
            kafka.supply(
                    "samples",
                    Photographs.samples(settings.bundledModel()),
                    OverheadScenario.EVENTS_PER_SECOND * (seconds + 2));
            for (int kilobytes : IMAGE_KILOBYTES) {
                List<byte[]> image = List.of(OverheadScenario.random(kilobytes * 1_000));
                kafka.supply("images-" + kilobytes, image, MEGABYTES_PER_TOPIC * 1_000 / kilobytes);
            }
            for (int backlog : BACKLOGS) {
                kafka.supply("backlog-" + backlog, small, backlog);
            }
            figures.put("window", measure(settings, WINDOWS, window -> {
                Map<String, String> keys = Map.of("window.maxEvents", Integer.toString(window));
                return kafka.run(KafkaSetup.INPUT, keys).constant(seconds);
            }));
            figures.put(
                    "imageKilobytes",
                    measure(settings, IMAGE_KILOBYTES, size -> topic(kafka, "images-" + size, seconds)));
            figures.put("labels", measure(settings, LABELS, labels -> labels(kafka, labels, seconds)));
            figures.put("backlog", measure(settings, BACKLOGS, size -> topic(kafka, "backlog-" + size, seconds)));
        }
        return figures;
    }

    private static Map<String, Object> measure(
            BenchSettings settings, int[] sizes, Rounds.Measurement<Integer, Double> rate) throws Exception {
        Rounds rounds = settings.newRounds();
        for (int size : sizes) {
            rounds.add(Integer.toString(size), () -> rate.measure(size));
        }
        return toBest(rounds.medians());
    }

    private static Map<String, Object> partitions(BenchSettings settings) throws Exception {
        Rounds rounds = settings.newRounds();
        Map<Integer, KafkaSetup> brokers = new LinkedHashMap<>();
        try {
            for (int partitions : PARTITIONS) {
                KafkaSetup kafka = new KafkaSetup(settings, "growth-" + partitions, partitions);
                brokers.put(partitions, kafka);
                kafka.supply(
                        KafkaSetup.INPUT,
                        List.of(OverheadScenario.random(SMALL_EVENT_BYTES)),
                        OverheadScenario.EVENTS_PER_SECOND * (settings.seconds() + 2));
                rounds.add(Integer.toString(partitions), () -> topic(kafka, KafkaSetup.INPUT, settings.seconds()));
                rounds.add(
                        PASS_THROUGH + partitions, () -> OverheadScenario.passThrough(kafka.run(), settings.seconds()));
            }
            Map<String, Double> pipeline = rounds.medians();
            Map<String, Double> passThrough = new LinkedHashMap<>();
            for (int partitions : PARTITIONS) {
                passThrough.put(Integer.toString(partitions), pipeline.remove(PASS_THROUGH + partitions));
            }
            Map<String, Object> figures = toBest(pipeline);
            // The cost of transactions that span more partitions.
            figures.put("passThrough", toBest(passThrough));
            return figures;
        } finally {
            brokers.values().forEach(KafkaSetup::close);
        }
    }

    private static double labels(KafkaSetup kafka, int labels, int seconds) throws Exception {
        try (Service service = new Service(
                List.of(List.of(new Service.ConstantNetwork(labels))),
                new Preprocessing(0, 28, 28),
                labels,
                BenchSettings.LARGEST_BATCH)) {
            return kafka.run("samples", Map.of()).pipeline(service.classifier(), seconds);
        }
    }

    private static double topic(KafkaSetup kafka, String topic, int seconds) throws Exception {
        return kafka.run(topic, Map.of()).constant(seconds);
    }

    private static Map<String, Object> toBest(Map<String, Double> rates) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("eventsPerSecond", rates);
        double best = Collections.max(rates.values());
        figures.put("worstToBest", Collections.min(rates.values()) / best);
        // Sizes are in ascending order.
        double largest = List.copyOf(rates.values()).get(rates.size() - 1);
        figures.put("largestToBest", largest / best);
        return figures;
    }
}
