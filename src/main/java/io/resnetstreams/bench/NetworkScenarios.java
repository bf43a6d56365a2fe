package io.resnetstreams.bench;

import io.resnetstreams.model.network.EngineName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The throughput of a network, alone and in the pipeline. */
final class NetworkScenarios {
    private static final int[] BATCHES = {1, 2, 4, 8, 16, 32};

    private NetworkScenarios() {}

    /** Measures ResNet-50 without the pipeline, by batch size, with pixels in memory. */
    static Map<String, Object> ceiling(BenchSettings settings) throws Exception {
        try (EngineNetworks networks =
                new EngineNetworks(settings, EngineNetworks.resNet50(settings, "ceiling"), null)) {
            return ceiling(settings, networks, BATCHES);
        }
    }

    static Map<String, Object> ceiling(BenchSettings settings, EngineNetworks networks, int... batches)
            throws Exception {
        Rounds rounds = settings.newRounds();
        for (int batch : batches) {
            for (LoadedNetwork network : networks.all()) {
                rounds.add(network.candidate("" + batch), () -> network.ceiling(batch, settings.seconds()));
            }
        }
        Map<String, Double> medians = rounds.medians();
        return networks.figures(network -> {
            Map<String, Double> byBatch = new LinkedHashMap<>();
            for (int batch : batches) {
                byBatch.put(Integer.toString(batch), medians.get(network.candidate("" + batch)));
            }
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", Collections.max(byBatch.values()));
            figures.put("byBatch", byBatch);
            return figures;
        });
    }

    /**
     * Compares the whole pipeline, up to a {@code read_committed} consumer, with the network alone.
     *
     * <p>{@code stages} are the mean times of an event, in milliseconds: decoding, waiting for a device ({@code queueWait}),
     * inference of its batch, and from its outcome until a consumer has read it, which includes waiting for earlier events of
     * the partition. The time before decoding is omitted, since it only depends on the length of the backlog.
     */
    static Map<String, Object> pipeline(BenchSettings settings) throws Exception {
        return EngineNetworks.withResNet50(settings, "pipeline", networks -> pipeline(settings, networks));
    }

    static Map<String, Object> pipeline(BenchSettings settings, EngineNetworks networks) throws Exception {
        Rounds rounds = settings.newRounds();
        Map<EngineName, PipelineRuns> runs = new EnumMap<>(EngineName.class);
        for (LoadedNetwork network : networks.all()) {
            PipelineRuns ofNetwork = new PipelineRuns();
            runs.put(network.engine(), ofNetwork);
            rounds.add(network.candidate("ceiling"), () -> network.ceiling(settings.seconds()))
                    .add(network.candidate("pipeline"), () -> ofNetwork.measure(network, settings.seconds()));
        }
        Map<String, Double> medians = rounds.medians();
        return networks.figures(network -> {
            double pipeline = medians.get(network.candidate("pipeline"));
            double ceiling = medians.get(network.candidate("ceiling"));
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", pipeline);
            figures.put("ceiling", ceiling);
            figures.put("toCeiling", pipeline / ceiling);
            Disturbance.mark(figures, pipeline / ceiling);
            figures.putAll(runs.get(network.engine()).figures());
            return figures;
        });
    }

    /** The work of the pipeline in each round; the first one is the warm-up round. */
    private static final class PipelineRuns {
        private final List<ServiceWork> works = new ArrayList<>();
        private final List<Double> busy = new ArrayList<>();

        double measure(LoadedNetwork network, int seconds) throws Exception {
            long start = System.nanoTime();
            try (Service service = network.service()) {
                double rate = network.kafka().run().pipeline(service.timed(), seconds, service::committed);
                works.add(service.work());
                // The whole time, including the assignment of partitions.
                long workerNanos = network.classifiers().size() * (System.nanoTime() - start);
                busy.add((double) service.work().busyNanos() / workerNanos);
                return rate;
            }
        }

        Map<String, Object> figures() {
            List<ServiceWork> measured = works.subList(1, works.size());
            ServiceWork all = ServiceWork.sum(measured);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("meanBatch", Rounds.median(measured, ServiceWork::meanBatch));
            figures.put("deviceBusy", Rounds.median(busy.subList(1, busy.size())));
            figures.put("batchSizes", all.batchSizes());
            figures.put("stages", all.stageMillis());
            return figures;
        }
    }
}
