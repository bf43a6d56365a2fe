package io.resnetstreams.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.MetricName;

/**
 * The Prometheus name of a Kafka metric: {@code kafka_}, its group and its name, with underscores and in base units.
 *
 * @param name without {@code _total}
 * @param isCounter whether its value only increases
 * @param factor from Kafka's unit to the base unit
 * @param labels the number of the stream thread and the type of the client, if any
 */
record KafkaMetricName(String name, boolean isCounter, double factor, Labels labels) {
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

    static KafkaMetricName of(MetricName metric) {
        String group = metric.group().replaceFirst("-metrics$", "");
        boolean counter = metric.name().endsWith(COUNTER);
        String name = counter ? metric.name().substring(0, metric.name().length() - COUNTER.length()) : metric.name();
        double factor = 1;
        if (NANOSECONDS.matcher(name).find()) {
            factor = 1e-9;
            name = NANOSECONDS.matcher(name).replaceFirst("");
        } else if (MILLISECONDS.matcher(name).find()) {
            factor = 1e-3;
        }
        String prometheusName = ("kafka_" + group + "_" + name).replace('-', '_') + (factor == 1 ? "" : SECONDS);
        return new KafkaMetricName(prometheusName, counter, factor, labels(metric));
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
