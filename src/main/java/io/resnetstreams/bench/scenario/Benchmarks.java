package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.Machine;
import io.resnetstreams.bench.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The scenarios by name. */
public final class Benchmarks {
    /** The overhead of a measurement, in which a consumer group is created and deleted. */
    private static final int OVERHEAD_SECONDS = 3;

    private static final Map<String, Entry> SCENARIOS = new LinkedHashMap<>();

    /**
     * A scenario and its approximate duration.
     *
     * @param candidates number of measurements per round
     * @param moreSeconds time outside the measurements
     */
    private record Entry(Scenario scenario, int candidates, int moreSeconds) {
        long seconds(BenchSettings settings) {
            return moreSeconds + (long) candidates * (settings.rounds() + 1) * (settings.seconds() + OVERHEAD_SECONDS);
        }
    }

    static {
        SCENARIOS.put("ceiling", new Entry(new CeilingScenario(), 6, 10));
        SCENARIOS.put("pipeline", new Entry(new PipelineScenario(), 2, 30));
        SCENARIOS.put("perRecord", new Entry(new PerRecordScenario(), 2, 30));
        SCENARIOS.put("drainAtCommit", new Entry(new DrainAtCommitScenario(), 2, 30));
        SCENARIOS.put("overhead", new Entry(new OverheadScenario(), 4, 15));
        SCENARIOS.put("simulatedDevice", new Entry(new SimulatedDeviceScenario(), 4, 15));
        // Independent of the settings, it waits for 100 events, even at a load of 5 %.
        SCENARIOS.put("latency", new Entry(new LatencyScenario(), 1, 300));
        SCENARIOS.put("precision", new Entry(new PrecisionScenario(), 8, 60));
        SCENARIOS.put("growth", new Entry(new GrowthScenario(), 18, 60));
        SCENARIOS.put("decode", new Entry(new DecodeScenario(), 4, 5));
        SCENARIOS.put("memory", new Entry(new MemoryScenario(), 6, 60));
        SCENARIOS.put("startup", new Entry(new StartupScenario(), 1, 10));
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

    /**
     * Runs scenarios one after another.
     *
     * @param onScenario called with the name of each scenario before it starts
     * @param onFigures called with the name and figures of each scenario when it has finished
     * @return the figures by scenario
     * @throws IllegalArgumentException if a name is unknown; the message lists the names
     */
    public static Map<String, Object> run(
            List<String> names,
            BenchSettings settings,
            Consumer<String> onScenario,
            BiConsumer<String, Map<String, Object>> onFigures)
            throws Exception {
        for (String name : names) {
            if (!SCENARIOS.containsKey(name)) {
                throw new IllegalArgumentException(
                        "scenario is '" + name + "'; allowed are " + String.join(", ", names()));
            }
        }
        Map<String, Object> results = new LinkedHashMap<>();
        Map<String, Object> machine = Machine.describe();
        onFigures.accept("machine", machine);
        results.put("machine", machine);
        for (String name : names) {
            onScenario.accept(name);
            Map<String, Object> figures = SCENARIOS.get(name).scenario().run(settings);
            onFigures.accept(name, figures);
            results.put(name, figures);
        }
        return results;
    }
}
