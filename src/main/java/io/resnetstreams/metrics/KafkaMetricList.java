package io.resnetstreams.metrics;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The metrics of Kafka clients and Kafka Streams to export.
 *
 * @param names of the form {@code group:name}
 */
public record KafkaMetricList(Set<String> names) {
    private static final String FORM = "[a-z0-9-]+-metrics:[a-z0-9-]+";

    public KafkaMetricList {
        names = Set.copyOf(names);
    }

    /**
     * Parses a list, separated by commas; it may be empty.
     *
     * @throws IllegalArgumentException if an entry is not of the form {@code group:name}
     */
    public static KafkaMetricList parse(String list) {
        Set<String> names = new LinkedHashSet<>();
        for (String entry : list.split(",", -1)) {
            String name = entry.strip();
            if (name.isEmpty() && list.isBlank()) {
                continue;
            }
            if (!name.matches(FORM)) {
                throw new IllegalArgumentException("kafka: '" + name
                        + "' is no metric of Kafka; GROUP:NAME is needed, such as"
                        + " stream-metrics:failed-stream-threads, several separated by commas");
            }
            names.add(name);
        }
        return new KafkaMetricList(names);
    }
}
