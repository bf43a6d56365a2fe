package io.resnetstreams.bench;

import java.util.Map;

/** A benchmark. */
@FunctionalInterface
public interface Scenario {
    /** Runs the benchmark and returns the figures by their names in {@code bench --json}. */
    Map<String, Object> run(BenchSettings settings) throws Exception;
}
