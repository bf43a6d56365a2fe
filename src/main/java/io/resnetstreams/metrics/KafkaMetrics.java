package io.resnetstreams.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
            MetricMetadata metadata = new MetricMetadata(name, help);
            Stream<Map.Entry<Labels, Double>> all = values.entrySet().stream();
            return isCounter
                    ? new CounterSnapshot(
                            metadata,
                            all.map(one -> new CounterDataPointSnapshot(one.getValue(), one.getKey(), null, 0))
                                    .toList())
                    : new GaugeSnapshot(
                            metadata,
                            all.map(one -> new GaugeDataPointSnapshot(one.getValue(), one.getKey(), null))
                                    .toList());
        }
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, Family> families = new TreeMap<>();
        all.get().forEach((name, metric) -> {
            if (wanted.contains(name.group() + ":" + name.name())
                    && ExportedName.isCoarse(name)
                    && metric.metricValue() instanceof Number number) {
                add(families, name, number.doubleValue());
            }
        });
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        families.forEach((name, family) -> snapshots.metricSnapshot(family.snapshot(name)));
        return snapshots.build();
    }

    private static void add(Map<String, Family> families, MetricName metric, double value) {
        ExportedName name = ExportedName.of(metric);
        Family family = families.computeIfAbsent(
                name.name(), first -> new Family(help(metric), name.isCounter(), new TreeMap<>()));
        // The metrics of a replaced thread may still exist, with the same number.
        family.values().merge(name.labels(), value * name.factor(), name.isCounter() ? Double::sum : Math::max);
    }

    private static String help(MetricName metric) {
        return "Kafka's " + metric.group() + ":" + metric.name() + ", in base units. " + metric.description();
    }

    /**
     * The Prometheus name of a Kafka metric: {@code kafka_}, its group and its name, with underscores and in base units.
     *
     * @param name without {@code _total}
     * @param isCounter whether its value only increases
     * @param factor from Kafka's unit to the base unit
     * @param labels the number of the stream thread and the type of the client, if any
     */
    private record ExportedName(String name, boolean isCounter, double factor, Labels labels) {
        private static final String COUNTER = "-total";
        private static final Pattern NANOSECONDS = Pattern.compile("-ns(?=-|$)");
        private static final Pattern MILLISECONDS = Pattern.compile("-latency(-|$)|-time-(avg|max)$");
        private static final String SECONDS = "_seconds";

        /** Tags of metrics of a whole client or thread; other metrics have tags for a topic, partition, node or task. */
        private static final Set<String> COARSE_TAGS = Set.of("client-id", "thread-id");

        /** The part before it is the name of the process, which changes with each start. */
        private static final Pattern THREAD_AND_CLIENT =
                Pattern.compile("-(?:StreamThread|StateUpdater)-(\\d+)(?:-(.+))?$");

        private static final Pattern ADMIN = Pattern.compile("-(admin)$");

        /** Returns whether a metric is one of a whole client or thread; there are few of them. */
        static boolean isCoarse(MetricName metric) {
            return COARSE_TAGS.containsAll(metric.tags().keySet());
        }

        static ExportedName of(MetricName metric) {
            String group = metric.group().replaceFirst("-metrics$", "");
            boolean counter = metric.name().endsWith(COUNTER);
            String name =
                    counter ? metric.name().substring(0, metric.name().length() - COUNTER.length()) : metric.name();
            double factor = 1;
            if (NANOSECONDS.matcher(name).find()) {
                factor = 1e-9;
                name = NANOSECONDS.matcher(name).replaceFirst("");
            } else if (MILLISECONDS.matcher(name).find()) {
                factor = 1e-3;
            }
            String prometheusName = ("kafka_" + group + "_" + name).replace('-', '_') + (factor == 1 ? "" : SECONDS);
            return new ExportedName(prometheusName, counter, factor, labels(metric));
        }

        private static Labels labels(MetricName metric) {
            String id = metric.tags().getOrDefault("client-id", metric.tags().getOrDefault("thread-id", ""));
            Matcher matcher = THREAD_AND_CLIENT.matcher(id);
            if (!matcher.find()) {
                return ADMIN.matcher(id).find() ? Labels.of("client", "admin") : Labels.EMPTY;
            }
            Labels thread = Labels.of("thread", matcher.group(1));
            return matcher.group(2) == null ? thread : thread.add("client", matcher.group(2));
        }
    }
}
