package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.metrics.ScalingPlot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group is scaled by its own signal, as Prometheus reports it, and throughput grows with instances. */
@Tag("scaling")
class ScalingRunIT {
    private static final Path PLOTS = Path.of("target", "scaling");
    private static final int LOW = 20;
    private static final int HIGH = 250;
    private static final double TARGET_AGE_SECONDS = 15;
    private static final Duration TO_SETTLE = Duration.ofSeconds(60);
    private static final String[] SETTINGS = {
        "window.maxEvents=256", "scaling.targetDrainMillis=5000", "scaling.holdMillis=30000"
    };

    @TempDir
    private Path folder;

    /** Prometheus's values at a time, NaN where it had none, and the number of processes. */
    private record Sample(double seconds, double arrivals, double lag, double age, double desired, int instances) {}

    @Test
    void instancesFollowTheArrivals() throws Exception {
        try (TestCluster cluster = TestCluster.start();
                PrometheusServer prometheus = PrometheusServer.start(folder)) {
            InstanceGroup group = new InstanceGroup(cluster, prometheus, SETTINGS);
            OutcomeFollower follower = cluster.follow(Map.of());
            long first = prepare(cluster, group, follower);
            group.resize(1);
            group.instances().get(0).awaitRunning();
            List<Sample> samples = new CopyOnWriteArrayList<>();
            AtomicBoolean over = new AtomicBoolean();
            long start = System.nanoTime();
            CompletableFuture<Void> scaler =
                    CompletableFuture.runAsync(() -> scale(group, prometheus, start, samples, over));
            double up;
            double down;
            long events;
            try {
                events = first + send(cluster, follower, LOW, () -> secondsSince(start) < 45);
                up = secondsSince(start);
                events += send(cluster, follower, HIGH, () -> secondsSince(start) < up + 150);
                down = secondsSince(start);
                double settled = down + TO_SETTLE.toSeconds() + 15;
                events += send(
                        cluster,
                        follower,
                        LOW,
                        () -> secondsSince(start) < settled
                                || last(samples).instances() > 1 && secondsSince(start) < settled + 90);
            } finally {
                over.set(true);
                scaler.join();
                plot(samples);
            }
            awaitOutcomes(follower, events);
            group.resize(0);
            cluster.awaitNoOpenTransaction();
            follower.finish();
            assertThat(cluster.check()).isZero();

            System.out.printf(
                    "%d events; %s; %s%n",
                    events,
                    settled("up", between(samples, up, down), up, sample -> sample.instances() >= 5),
                    settled("down", between(samples, down, Double.MAX_VALUE), down, sample -> sample.instances() == 1));

            assertThat(between(samples, up - 20, up)).allMatch(sample -> sample.instances() == 1);
            assertThat(between(samples, up, down)).anyMatch(sample -> sample.instances() >= 5);
            assertThat(last(samples).instances()).isEqualTo(1);
            assertAgeIsOnTarget(between(samples, up + TO_SETTLE.toSeconds(), down));
            assertAgeIsOnTarget(between(samples, down + TO_SETTLE.toSeconds(), Double.MAX_VALUE));
        }
    }

    /** Runs an instance only to make later ones start faster, and returns how many events it got. */
    private static long prepare(TestCluster cluster, InstanceGroup group, OutcomeFollower follower) throws Exception {
        AtomicLong left = new AtomicLong(LOW);
        group.prepare(() -> {
            send(cluster, follower, 0, () -> left.getAndDecrement() > 0);
            awaitOutcomes(follower, LOW);
        });
        return LOW;
    }

    /** Acts as an autoscaler: reads the signal every two seconds and resizes the group. */
    private static void scale(
            InstanceGroup group, PrometheusServer prometheus, long start, List<Sample> samples, AtomicBoolean over) {
        await().pollInterval(Duration.ofSeconds(2))
                .atMost(Duration.ofMinutes(10))
                .until(() -> {
                    group.list();
                    Sample sample = read(prometheus, secondsSince(start), group.size());
                    samples.add(sample);
                    System.out.println(sample);
                    if (!Double.isNaN(sample.desired()) && !over.get()) {
                        group.resize((int) sample.desired());
                    }
                    return over.get();
                });
    }

    private static Sample read(PrometheusServer prometheus, double seconds, int instances) throws Exception {
        return new Sample(
                seconds,
                prometheus.value("resnet_streams:arrival_rate:max").orElse(Double.NaN),
                prometheus.value("resnet_streams:lag_events:sum").orElse(Double.NaN),
                prometheus.value("resnet_streams:lag_seconds:max").orElse(Double.NaN),
                prometheus.value("resnet_streams:desired_instances:max").orElse(Double.NaN),
                instances);
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private static Sample last(List<Sample> samples) {
        return samples.get(samples.size() - 1);
    }

    private static List<Sample> between(List<Sample> samples, double from, double to) {
        return samples.stream()
                .filter(sample -> sample.seconds() >= from && sample.seconds() < to)
                .toList();
    }

    private static void assertAgeIsOnTarget(List<Sample> samples) {
        assertThat(samples).isNotEmpty();
        assertThat(samples).filteredOn(sample -> !Double.isNaN(sample.age())).isNotEmpty();
        assertThat(samples).noneMatch(sample -> sample.age() > TARGET_AGE_SECONDS);
    }

    /**
     * Describes the response to a step: the maximum age of events, and when age and number of instances reached their
     * targets.
     */
    private static String settled(String step, List<Sample> samples, double start, Predicate<Sample> enough) {
        return String.format(
                "%s: maximum age %.1f s, above %.0f s until %.0f s after the step, enough instances after %.0f s",
                step,
                samples.stream()
                        .mapToDouble(Sample::age)
                        .filter(age -> !Double.isNaN(age))
                        .max()
                        .orElse(Double.NaN),
                TARGET_AGE_SECONDS,
                samples.stream()
                                .filter(sample -> sample.age() > TARGET_AGE_SECONDS)
                                .mapToDouble(Sample::seconds)
                                .max()
                                .orElse(start)
                        - start,
                samples.stream()
                                .filter(enough)
                                .mapToDouble(Sample::seconds)
                                .findFirst()
                                .orElse(Double.NaN)
                        - start);
    }

    private static void plot(List<Sample> samples) {
        ScalingPlot.lines(
                PLOTS.resolve("run-rates.svg"),
                "A real run: arrivals and capacity",
                "seconds",
                "images per second",
                curves(
                        samples,
                        Map.of(
                                "arrivals",
                                Sample::arrivals,
                                "capacity of all instances",
                                sample -> sample.instances() * SimulatedInstance.IMAGES_PER_SECOND)));
        ScalingPlot.lines(
                PLOTS.resolve("run-lag.svg"),
                "A real run: lag",
                "seconds",
                "events",
                curves(samples, Map.of("events not committed", Sample::lag)));
        ScalingPlot.lines(
                PLOTS.resolve("run-age.svg"),
                "A real run: instances and age of the oldest event",
                "seconds",
                "seconds, instances",
                curves(samples, Map.of("age of the oldest event", Sample::age, "instances", Sample::instances)));
    }

    private static Map<String, ScalingPlot.Curve> curves(
            List<Sample> samples, Map<String, ToDoubleFunction<Sample>> values) {
        Map<String, ScalingPlot.Curve> curves = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            List<Sample> known = samples.stream()
                    .filter(sample -> !Double.isNaN(value.applyAsDouble(sample)))
                    .toList();
            curves.put(
                    name,
                    new ScalingPlot.Curve(
                            known.stream().mapToDouble(Sample::seconds).toArray(),
                            known.stream().mapToDouble(value).toArray()));
        });
        return curves;
    }

    /** The backlog is evenly distributed over all partitions and not used up during the measurement. */
    @Test
    void throughputGrowsWithInstances() throws Exception {
        int backlog = 30_000;
        try (TestCluster cluster = TestCluster.start();
                PrometheusServer prometheus = PrometheusServer.start(folder)) {
            InstanceGroup group = new InstanceGroup(cluster, prometheus, SETTINGS);
            OutcomeFollower follower = cluster.follow(Map.of());
            long first = prepare(cluster, group, follower);
            AtomicLong left = new AtomicLong(backlog);
            assertThat(send(cluster, follower, 0, () -> left.getAndDecrement() > 0))
                    .isEqualTo(backlog);
            Map<Integer, Double> rates = new LinkedHashMap<>();
            for (int instances : new int[] {1, 2, 4, 6}) {
                group.resize(instances);
                await().atMost(Duration.ofSeconds(90))
                        .ignoreExceptionsMatching(e -> e.getCause() instanceof GroupIdNotFoundException)
                        .until(() -> isStable(cluster, instances));
                rates.put(instances, rate(follower, instances));
            }
            System.out.println("committed outcomes per second by instances: " + rates);
            awaitOutcomes(follower, first + backlog);
            group.resize(0);
            cluster.awaitNoOpenTransaction();
            follower.finish();
            assertThat(cluster.check()).isZero();
            rates.forEach((instances, rate) -> assertThat(rate / (instances * rates.get(1)))
                    .as("%d instances", instances)
                    .isGreaterThan(0.95));
        }
    }

    /** Returns whether all instances are in the group and have partitions. */
    private static boolean isStable(TestCluster cluster, int instances) throws Exception {
        String name = cluster.configuration().applicationId();
        try (Admin admin = cluster.clients().admin()) {
            ConsumerGroupDescription group =
                    admin.describeConsumerGroups(List.of(name)).all().get().get(name);
            return group.groupState() == GroupState.STABLE
                    && group.members().size() == instances
                    && group.members().stream()
                            .noneMatch(member ->
                                    member.assignment().topicPartitions().isEmpty());
        }
    }

    /** Returns the outcomes per second over about 12 s, after the first 3 s. */
    private static double rate(OutcomeFollower follower, int instances) {
        int perSecond = instances * SimulatedInstance.IMAGES_PER_SECOND;
        long first = awaitMore(follower, 3L * perSecond);
        long start = System.nanoTime();
        long last = awaitMore(follower, 12L * perSecond);
        return (last - first) / secondsSince(start);
    }

    private static long awaitMore(OutcomeFollower follower, long more) {
        long wanted = follower.snapshot().outcomes() + more;
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(90))
                .until(() -> follower.snapshot().outcomes() >= wanted);
        return follower.snapshot().outcomes();
    }

    private static void awaitOutcomes(OutcomeFollower follower, long events) {
        await().atMost(Duration.ofSeconds(180)).until(() -> follower.snapshot().outcomes() >= events);
        assertThat(follower.snapshot().lost()).isZero();
    }

    /** @param rate events per second; 0 for unlimited */
    private static long send(TestCluster cluster, OutcomeFollower follower, int rate, BooleanSupplier more)
            throws InterruptedException {
        List<SourceEvent> samples = new ArrayList<>();
        EventSource.of(List.of(TestCluster.SAMPLES)).kept().forEach(samples::add);
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender = new EventSender(
                    producer,
                    cluster.configuration().topics().input(),
                    rate,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            Iterator<SourceEvent> next = samples.iterator();
            while (more.getAsBoolean()) {
                next = next.hasNext() ? next : samples.iterator();
                sender.send(next.next());
            }
            EventSender.Result result = sender.finish();
            assertThat(result.failed()).isZero();
            return result.sent();
        }
    }
}
