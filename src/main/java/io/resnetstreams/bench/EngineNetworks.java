package io.resnetstreams.bench;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** One model, loaded by each engine that is compared. The candidates of all of them are measured in the same rounds. */
final class EngineNetworks implements AutoCloseable {
    /** The number of ImageNet's classes. */
    private static final int CLASSES = 1_000;
    /** About the throughput of ResNet-50 on a CPU; a faster machine gets more while it measures. */
    private static final int PHOTOGRAPHS_PER_SECOND = 100;

    private final Map<EngineName, LoadedNetwork> networks = new EnumMap<>(EngineName.class);

    /**
     * Loads a model.
     *
     * @param kafka a broker with images, which the caller closes; null to measure only the networks
     */
    EngineNetworks(BenchSettings settings, ModelDirectory model, KafkaSetup kafka) {
        try {
            for (String engine : settings.engines()) {
                LoadedNetwork network = new LoadedNetwork(model, kafka, engine, settings.device());
                networks.put(network.engine(), network);
            }
        } catch (IllegalArgumentException e) {
            close();
            throw e;
        }
    }

    /** Measures with a ResNet-50, with photographs on the input topic and a warmed-up pipeline. */
    static <T> T withResNet50(BenchSettings settings, String name, Rounds.Measurement<EngineNetworks, T> measurement)
            throws Exception {
        try (KafkaSetup kafka = photographs(settings, name);
                EngineNetworks networks = new EngineNetworks(settings, resNet50(settings, name), kafka)) {
            networks.warmUp();
            return measurement.measure(networks);
        }
    }

    /** Writes a ResNet-50 for 224×224 pixels with weights from a formula. */
    static ModelDirectory resNet50(BenchSettings settings, String name) throws IOException, InvalidModelException {
        return FormulaModel.write(settings.directory().resolve(name), "resnet50", CLASSES);
    }

    /** Starts a broker with photographs on the input topic. */
    static KafkaSetup photographs(BenchSettings settings, String name) throws IOException, InterruptedException {
        KafkaSetup kafka = new KafkaSetup(settings, name + "-broker");
        kafka.supply(
                KafkaSetup.INPUT,
                Photographs.read(settings.images()),
                PHOTOGRAPHS_PER_SECOND * (settings.seconds() + 10));
        return kafka;
    }

    /** Warms up what all engines share. */
    void warmUp() throws Exception {
        all().iterator().next().warmUp();
    }

    /** Returns the networks in the order of the engines. */
    Collection<LoadedNetwork> all() {
        return networks.values();
    }

    /** Returns the figures of the only engine, or those of each engine and their ratios, with engine and device. */
    Map<String, Object> figures(Rounds.Measurement<LoadedNetwork, Map<String, Object>> ofEngine) throws Exception {
        Map<EngineName, Map<String, Object>> figures = new EnumMap<>(EngineName.class);
        for (LoadedNetwork network : all()) {
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("engine", network.engine().toString());
            described.put("device", network.device());
            described.putAll(ofEngine.measure(network));
            figures.put(network.engine(), described);
        }
        return EngineComparison.of(figures);
    }

    @Override
    public void close() {
        all().forEach(LoadedNetwork::close);
    }
}
