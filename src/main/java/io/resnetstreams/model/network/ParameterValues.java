package io.resnetstreams.model.network;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Values of parameters by name, row-major. They are read or computed again each time that they are asked for, so that a
 * conversion needs memory for one parameter at a time.
 */
final class ParameterValues extends AbstractMap<String, float[]> {
    private final Map<String, Supplier<float[]>> sources = new LinkedHashMap<>();

    /** Returns a map with the values of another one. */
    static ParameterValues of(Map<String, float[]> values) {
        ParameterValues copy = new ParameterValues();
        if (values instanceof ParameterValues computed) {
            copy.sources.putAll(computed.sources);
        } else {
            values.forEach((name, array) -> copy.sources.put(name, () -> array));
        }
        return copy;
    }

    void set(String name, Supplier<float[]> source) {
        sources.put(name, source);
    }

    /** Returns what computes the values of a parameter; null if there is none. */
    Supplier<float[]> source(String name) {
        return sources.get(name);
    }

    void drop(String name) {
        sources.remove(name);
    }

    @Override
    public float[] get(Object name) {
        Supplier<float[]> source = sources.get(name);
        return source == null ? null : source.get();
    }

    @Override
    public boolean containsKey(Object name) {
        return sources.containsKey(name);
    }

    @Override
    public Set<String> keySet() {
        return Collections.unmodifiableSet(sources.keySet());
    }

    @Override
    public Set<Entry<String, float[]>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<String, float[]>> iterator() {
                return sources.entrySet().stream()
                        .map(source ->
                                Map.entry(source.getKey(), source.getValue().get()))
                        .iterator();
            }

            @Override
            public int size() {
                return sources.size();
            }
        };
    }
}
