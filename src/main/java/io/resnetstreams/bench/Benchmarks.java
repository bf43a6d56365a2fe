package io.resnetstreams.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** All scenarios by name. Figures are ratios of what is measured in turn on one machine. */
public final class Benchmarks {
    private static final Map<String, Scenario> SCENARIOS = new LinkedHashMap<>();

    static {
        SCENARIOS.put("ceiling", new CeilingScenario());
        SCENARIOS.put("pipeline", new PipelineScenario());
        SCENARIOS.put("perRecord", new PerRecordScenario());
        SCENARIOS.put("drainAtCommit", new DrainAtCommitScenario());
        SCENARIOS.put("overhead", new OverheadScenario());
        SCENARIOS.put("simulatedDevice", new SimulatedDeviceScenario());
        SCENARIOS.put("latency", new LatencyScenario());
        SCENARIOS.put("decode", new DecodeScenario());
        SCENARIOS.put("memory", new MemoryScenario());
        SCENARIOS.put("startup", new StartupScenario());
    }

    private Benchmarks() {}

    /** Returns the names of all scenarios. */
    public static List<String> names() {
        return List.copyOf(SCENARIOS.keySet());
    }

    /**
     * Measures scenarios, one after the other.
     *
     * @param onScenario told each scenario's name before it begins
     * @param onFigures told each scenario's name and figures when it has ended
     * @return each scenario's figures, by its name
     * @throws IllegalArgumentException if a name is unknown; the message lists all
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
            Map<String, Object> figures = SCENARIOS.get(name).run(settings);
            onFigures.accept(name, figures);
            results.put(name, figures);
        }
        return results;
    }
}
