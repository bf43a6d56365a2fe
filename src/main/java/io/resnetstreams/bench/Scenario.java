package io.resnetstreams.bench;

import java.util.Map;

/** One thing that is measured. */
@FunctionalInterface
public interface Scenario {
    /** Measures and returns figures by their names in {@code bench --json}. */
    Map<String, Object> run(BenchSettings settings) throws Exception;
}
