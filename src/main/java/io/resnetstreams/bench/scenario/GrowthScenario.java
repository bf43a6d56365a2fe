package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.ConstantClassifier;
import io.resnetstreams.bench.ConstantNetwork;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.Photographs;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.Service;
import io.resnetstreams.bench.TopologyRun;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.topology.InFlightLimits;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What an event costs as the work grows: events per second with more partitions, a larger window, larger images, more
 * labels and a longer backlog. All but the labels with a classifier that costs nothing.
 */
final class GrowthScenario implements Scenario {
    private static final int SMALL_EVENT_BYTES = 100;
    private static final int LABEL_LENGTH = 20;
    private static final int EVENTS_PER_SECOND = 60_000;
    private static final int[] PARTITIONS = {1, 6, 48};
    private static final String PASS_THROUGH = "pass-through-";
    private static final int[] WINDOWS = {64, 512, 4_096};
    private static final int[] IMAGE_KILOBYTES = {2, 100, 5_000};
    /** What lies on the topic of each size of images. */
    private static final int IMAGES_MEGABYTES = 400;

    private static final int[] LABELS = {10, 1_000, 10_000};
    /** Fewer are done within some commits, which is when anybody sees them. */
    private static final int[] BACKLOGS = {30_000, 100_000, 1_000_000};

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("partitions", partitions(settings));
        try (KafkaSetup kafka = new KafkaSetup(settings.directory().resolve("growth"))) {
            kafka.produce(List.of(random(SMALL_EVENT_BYTES)), EVENTS_PER_SECOND * (settings.seconds() + 2));
            figures.put("window", windows(settings, kafka));
            figures.put("imageKilobytes", images(settings, kafka));
            figures.put("labels", labels(settings, kafka));
            figures.put("backlog", backlogs(settings, kafka));
        }
        return figures;
    }

    private static Map<String, Object> partitions(BenchSettings settings) throws Exception {
        Rounds rounds = new Rounds(settings.rounds());
        Map<Integer, KafkaSetup> brokers = new LinkedHashMap<>();
        try {
            for (int partitions : PARTITIONS) {
                KafkaSetup kafka = new KafkaSetup(settings.directory().resolve("growth-" + partitions), partitions);
                brokers.put(partitions, kafka);
                kafka.produce(List.of(random(SMALL_EVENT_BYTES)), EVENTS_PER_SECOND * (settings.seconds() + 2));
                rounds.add(Integer.toString(partitions), () -> topology(kafka, KafkaSetup.INPUT, 0, settings));
                rounds.add(PASS_THROUGH + partitions, () -> OverheadScenario.passThrough(kafka, settings.seconds()));
            }
            Map<String, Double> own = rounds.medians();
            Map<String, Double> passThrough = new LinkedHashMap<>();
            for (int partitions : PARTITIONS) {
                passThrough.put(Integer.toString(partitions), own.remove(PASS_THROUGH + partitions));
            }
            Map<String, Object> figures = toBest(own);
            // What Kafka itself loses where a transaction spans more partitions.
            figures.put("passThrough", toBest(passThrough));
            return figures;
        } finally {
            brokers.values().forEach(KafkaSetup::close);
        }
    }

    private static Map<String, Object> windows(BenchSettings settings, KafkaSetup kafka) throws Exception {
        Rounds rounds = new Rounds(settings.rounds());
        for (int window : WINDOWS) {
            rounds.add(Integer.toString(window), () -> topology(kafka, KafkaSetup.INPUT, window, settings));
        }
        return toBest(rounds.medians());
    }

    private static Map<String, Object> images(BenchSettings settings, KafkaSetup kafka) throws Exception {
        Rounds rounds = new Rounds(settings.rounds());
        for (int kilobytes : IMAGE_KILOBYTES) {
            String topic = "images-" + kilobytes;
            int bytes = kilobytes * 1_000;
            kafka.produceTo(topic, List.of(random(bytes)), IMAGES_MEGABYTES * 1_000_000 / bytes);
            rounds.add(Integer.toString(kilobytes), () -> topology(kafka, topic, 0, settings));
        }
        return toBest(rounds.medians());
    }

    /** The product's service from file to label with a network that costs nothing but its row of probabilities. */
    private static Map<String, Object> labels(BenchSettings settings, KafkaSetup kafka) throws Exception {
        String topic = "samples";
        kafka.produceTo(
                topic, Photographs.samples(settings.bundledModel()), EVENTS_PER_SECOND * (settings.seconds() + 2));
        Rounds rounds = new Rounds(settings.rounds());
        for (int labels : LABELS) {
            rounds.add(Integer.toString(labels), () -> {
                try (Service service = new Service(
                        List.of(List.of(new ConstantNetwork(labels))),
                        new Preprocessing(0, 28, 28),
                        labels,
                        Service.LARGEST_BATCH)) {
                    return TopologyRun.pipeline(
                            kafka,
                            kafka.settings(topic, KafkaSetup.IN_FLIGHT),
                            service.service()::classify,
                            settings.seconds(),
                            label -> {});
                }
            });
        }
        return toBest(rounds.medians());
    }

    private static Map<String, Object> backlogs(BenchSettings settings, KafkaSetup kafka) throws Exception {
        Rounds rounds = new Rounds(settings.rounds());
        for (int backlog : BACKLOGS) {
            String topic = "backlog-" + backlog;
            kafka.produceTo(topic, List.of(random(SMALL_EVENT_BYTES)), backlog);
            rounds.add(Integer.toString(backlog), () -> topology(kafka, topic, 0, settings));
        }
        return toBest(rounds.medians());
    }

    /** @param window the largest number of events in flight; 0 for the usual one */
    private static double topology(KafkaSetup kafka, String topic, int window, BenchSettings settings)
            throws Exception {
        InFlightLimits inFlight =
                window == 0 ? KafkaSetup.IN_FLIGHT : new InFlightLimits(window, KafkaSetup.IN_FLIGHT.maxBytes());
        try (ConstantClassifier free = new ConstantClassifier(LABEL_LENGTH)) {
            return TopologyRun.pipeline(kafka, kafka.settings(topic, inFlight), free, settings.seconds(), label -> {});
        }
    }

    private static byte[] random(int bytes) {
        byte[] value = new byte[bytes];
        new SplittableRandom(1).nextBytes(value);
        return value;
    }

    private static Map<String, Object> toBest(Map<String, Double> rates) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("eventsPerSecond", rates);
        double best = Collections.max(rates.values());
        figures.put("worstToBest", Collections.min(rates.values()) / best);
        // Steps come in ascending order.
        double largest = List.copyOf(rates.values()).get(rates.size() - 1);
        figures.put("largestToBest", largest / best);
        return figures;
    }
}
