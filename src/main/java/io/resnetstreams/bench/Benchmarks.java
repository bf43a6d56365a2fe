package io.resnetstreams.bench;

import io.resnetstreams.common.Processor;
import io.resnetstreams.inference.engine.EngineDevices;
import io.resnetstreams.service.BuildVersion;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The scenarios by name. */
public final class Benchmarks {
    /** The figure with the rates of each round: a list of measurements, each with its candidates. */
    private static final String ROUNDS = "rounds";

    /** The overhead of a measurement, in which a consumer group is created and deleted. */
    private static final int OVERHEAD_SECONDS = 3;

    private static final Map<String, Entry> SCENARIOS = new LinkedHashMap<>();

    /** The engines that a scenario runs. */
    private enum Engines {
        NONE,
        ONE,
        /** All named ones, which it compares. */
        EACH
    }

    /** A scenario with its number of measurements per round of an engine, and the approximate time outside them. */
    private record Entry(
            Rounds.Measurement<BenchSettings, Map<String, Object>> scenario,
            Engines engines,
            int candidates,
            int moreSeconds) {
        long seconds(BenchSettings settings) {
            long once =
                    moreSeconds + (long) candidates * (settings.rounds() + 1) * (settings.seconds() + OVERHEAD_SECONDS);
            return engines == Engines.EACH ? once * settings.engines().size() : once;
        }
    }

    static {
        SCENARIOS.put("ceiling", new Entry(NetworkScenarios::ceiling, Engines.EACH, 6, 10));
        SCENARIOS.put("pipeline", new Entry(NetworkScenarios::pipeline, Engines.EACH, 2, 30));
        SCENARIOS.put("perRecord", new Entry(AlternativeScenarios::perRecord, Engines.EACH, 2, 30));
        SCENARIOS.put("drainAtCommit", new Entry(AlternativeScenarios::drainAtCommit, Engines.EACH, 2, 30));
        SCENARIOS.put("overhead", new Entry(OverheadScenario::run, Engines.NONE, 4, 15));
        SCENARIOS.put("simulatedDevice", new Entry(SimulatedDeviceScenario::run, Engines.NONE, 8, 25));
        SCENARIOS.put("references", new Entry(ReferencesScenario::run, Engines.EACH, 3, 30));
        // Independent of the settings, it waits for 100 events, even at a load of 5 %.
        SCENARIOS.put("latency", new Entry(LatencyScenario::run, Engines.EACH, 1, 300));
        SCENARIOS.put("precision", new Entry(PrecisionScenario::run, Engines.EACH, 8, 60));
        SCENARIOS.put("growth", new Entry(GrowthScenario::run, Engines.NONE, 18, 60));
        SCENARIOS.put("decode", new Entry(DecodeScenario::run, Engines.NONE, 4, 5));
        SCENARIOS.put("memory", new Entry(MemoryScenario::run, Engines.ONE, 6, 60));
        SCENARIOS.put("startup", new Entry(StartupScenario::run, Engines.ONE, 1, 10));
    }

    private Benchmarks() {}

    /** Returns the names of all scenarios. */
    public static List<String> names() {
        return List.copyOf(SCENARIOS.keySet());
    }

    /** Returns the names of scenarios whose estimated total duration is at most {@code seconds}. */
    public static List<String> fitting(BenchSettings settings, long seconds) {
        List<String> fitting = new ArrayList<>();
        long left = seconds;
        for (Map.Entry<String, Entry> scenario : SCENARIOS.entrySet()) {
            long needed = scenario.getValue().seconds(settings);
            if (needed <= left) {
                left -= needed;
                fitting.add(scenario.getKey());
            }
        }
        return fitting;
    }

    /** Checks the names of scenarios; an {@link IllegalArgumentException} lists the known ones. */
    public static void requireKnown(List<String> names) {
        for (String name : names) {
            if (!SCENARIOS.containsKey(name)) {
                throw new IllegalArgumentException(
                        "scenario is '" + name + "'; allowed are " + String.join(", ", names()));
            }
        }
    }

    /** Checks that one of the scenarios runs a network, for options that concern engines and devices. */
    public static void requireNetwork(List<String> names, BenchSettings settings) {
        Set<Engines> needed =
                settings.engines().size() > 1 ? EnumSet.of(Engines.EACH) : EnumSet.of(Engines.EACH, Engines.ONE);
        if (names.stream().noneMatch(name -> needed.contains(SCENARIOS.get(name).engines()))) {
            String able = names().stream()
                    .filter(name -> needed.contains(SCENARIOS.get(name).engines()))
                    .collect(Collectors.joining(", "));
            String named = String.join(", ", names);
            throw new IllegalArgumentException(
                    settings.engines().size() > 1
                            ? "engines are compared by " + able + "; named are only " + named
                            : "engine and device are used by " + able + "; named are only " + named);
        }
    }

    /**
     * Runs a scenario and returns the figures by their names in {@code bench --json}; among them are the raw figures of each round,
     * and {@code disturbed} if other work took processor time.
     */
    public static Map<String, Object> run(String name, BenchSettings settings) throws Exception {
        settings.measured().clear();
        MachineLoad load = MachineLoad.begin();
        Map<String, Object> figures =
                new LinkedHashMap<>(SCENARIOS.get(name).scenario().measure(settings));
        List<Map<String, List<Double>>> raw =
                settings.measured().stream().map(Rounds::raw).toList();
        if (!raw.isEmpty()) {
            figures.put(ROUNDS, raw);
        }
        load.end(figures);
        return figures;
    }

    /** Returns figures without those of each round. */
    public static Map<String, Object> summary(Map<String, Object> figures) {
        Map<String, Object> summary = new LinkedHashMap<>(figures);
        summary.remove(ROUNDS);
        return summary;
    }

    /** Describes the machine of a measurement, as in {@code bench --json}. */
    public static Map<String, Object> machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        BuildVersion build = new BuildVersion();
        machine.put("version", build.version());
        machine.put("commit", build.commit());
        machine.put("libraries", build.libraries());
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        machine.put("processor", Processor.name());
        machine.put("heapBytes", Runtime.getRuntime().maxMemory());
        machine.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("devices", EngineDevices.described());
        for (String variable : List.of("OMP_NUM_THREADS", "MXNET_CPU_WORKER_NTHREADS")) {
            machine.put(variable, System.getenv(variable));
        }
        return machine;
    }
}
