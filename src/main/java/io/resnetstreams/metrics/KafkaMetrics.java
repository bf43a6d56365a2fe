package io.resnetstreams.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** The Kafka metrics that the configuration lists, read at each scrape. */
public final class KafkaMetrics implements MultiCollector {
    private static final String FORM = "[a-z0-9-]+-metrics:[a-z0-9-]+";

    private final Set<String> wanted;
    private final Supplier<Map<MetricName, ? extends Metric>> all;

    /** @param wanted names of the form {@code group:name} */
    KafkaMetrics(Set<String> wanted, Supplier<Map<MetricName, ? extends Metric>> all) {
        this.wanted = wanted;
        this.all = all;
    }

    /**
     * Parses a list of names, separated by commas; it may be empty.
     *
     * @throws IllegalArgumentException if a name is not of the form {@code group:name}
     */
    public static Set<String> names(String list) {
        Set<String> names = new LinkedHashSet<>();
        for (String entry : list.isBlank() ? new String[0] : list.split(",", -1)) {
            String name = entry.strip();
            if (!name.matches(FORM)) {
                throw new IllegalArgumentException("kafka: '" + name
                        + "' is no metric of Kafka; GROUP:NAME is needed, such as"
                        + " stream-metrics:failed-stream-threads, several separated by commas");
            }
            names.add(name);
        }
        return names;
    }

    /** A metric with a value for each thread and client. */
    private record Family(String help, boolean isCounter, Map<Labels, Double> values) {
        MetricSnapshot snapshot(String name) {
            if (isCounter) {
                CounterSnapshot.Builder counter =
                        CounterSnapshot.builder().name(name).help(help);
                values.forEach((labels, value) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels)
                        .value(value)
                        .build()));
                return counter.build();
            }
            GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
            values.forEach((labels, value) -> gauge.dataPoint(
                    GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
            return gauge.build();
        }
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, Family> families = new TreeMap<>();
        all.get().forEach((name, metric) -> {
            if (wanted.contains(name.group() + ":" + name.name())
                    && KafkaMetricName.isCoarse(name)
                    && metric.metricValue() instanceof Number number) {
                add(families, name, number.doubleValue());
            }
        });
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        families.forEach((name, family) -> snapshots.metricSnapshot(family.snapshot(name)));
        return snapshots.build();
    }

    private static void add(Map<String, Family> families, MetricName metric, double value) {
        KafkaMetricName name = KafkaMetricName.of(metric);
        Family family = families.computeIfAbsent(
                name.name(), first -> new Family(help(metric), name.isCounter(), new TreeMap<>()));
        // The metrics of a replaced thread may still exist, with the same number.
        family.values().merge(name.labels(), value * name.factor(), name.isCounter() ? Double::sum : Math::max);
    }

    private static String help(MetricName metric) {
        return "Kafka's " + metric.group() + ":" + metric.name() + ", in base units. " + metric.description();
    }
}
