package io.resnetstreams.bench;

import io.resnetstreams.model.network.EngineName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Figures of one or several engines. Those of several are nested by the engine's name, and followed by the ratios of each
 * engine's rates to those of the first, named such as {@code onnxruntimeToMxnet}.
 */
final class EngineComparison {
    private EngineComparison() {}

    /** Returns the figures of a scenario; those of a single engine are not nested. */
    static Map<String, Object> of(Map<EngineName, Map<String, Object>> byEngine) {
        if (byEngine.size() == 1) {
            return byEngine.values().iterator().next();
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        byEngine.forEach((engine, own) -> figures.put(engine.toString(), own));
        List<EngineName> engines = new ArrayList<>(byEngine.keySet());
        EngineName first = engines.remove(0);
        for (EngineName engine : engines) {
            figures.put(engine + "To" + capitalised(first), ratios(byEngine.get(engine), byEngine.get(first), ""));
        }
        return figures;
    }

    private static String capitalised(EngineName engine) {
        String name = engine.toString();
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    /** Returns the ratios of the rates that both have. */
    private static Map<String, Object> ratios(Map<?, ?> figures, Map<?, ?> others, String path) {
        Map<String, Object> ratios = new LinkedHashMap<>();
        figures.forEach((name, value) -> {
            Object other = others.get(name);
            if (value instanceof Map<?, ?> inner && other instanceof Map<?, ?> otherInner) {
                Map<String, Object> nested = ratios(inner, otherInner, path + name + ".");
                if (!nested.isEmpty()) {
                    ratios.put("" + name, nested);
                }
            } else if (value instanceof Number rate
                    && other instanceof Number otherRate
                    && FigureTable.isRate(path + name)) {
                ratios.put("" + name, rate.doubleValue() / otherRate.doubleValue());
            }
        });
        return ratios;
    }

    /** Returns the figures of each engine; empty if they are those of one engine or of none. */
    static Map<EngineName, Map<String, ?>> engines(Map<String, ?> figures) {
        Map<EngineName, Map<String, ?>> engines = new LinkedHashMap<>();
        figures.forEach((name, value) -> {
            Optional<EngineName> engine = Stream.of(EngineName.values())
                    .filter(known -> known.toString().equals(name))
                    .findFirst();
            if (engine.isPresent() && value instanceof Map<?, ?> own) {
                Map<String, Object> named = new LinkedHashMap<>();
                own.forEach((key, figure) -> named.put("" + key, figure));
                engines.put(engine.get(), named);
            }
        });
        return engines;
    }
}
