package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.bench.ResidentMemory;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the memory of an instance under steady load. The instance and its broker are started as users start them.
 * Profile {@code soak}.
 */
class SoakCheck {
    private static final int MINUTES = Integer.getInteger("soak.minutes", 30);
    private static final int SETTLED_AFTER_MINUTES = 3;
    private static final int EVENTS_A_SECOND = Integer.getInteger("soak.rate", 200);
    private static final int HEAP_MEGABYTES = 512;
    /** The whole heap is allocated at the start. Under low load Java grows it slowly, which would look like a leak. */
    private static final String HEAP = "-Xms" + HEAP_MEGABYTES + "m -Xmx" + HEAP_MEGABYTES + "m -XX:+AlwaysPreTouch";

    private static final int BESIDES_MEGABYTES = 600;
    private static final double MOST_MEGABYTES_A_MINUTE = 1;
    /** Permitted growth of live objects after the warm-up, which the constant heap size would hide. */
    private static final double MOST_MEGABYTES_OF_OBJECTS = 10;

    private static final Duration SAMPLE_EVERY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Path REPORT = Path.of("target", "soak.md");
    private static final Pattern ADDRESS = Pattern.compile("^(127\\.0\\.0\\.1:\\d+)$", Pattern.MULTILINE);
    private static final Pattern HEAP_USED = Pattern.compile("garbage-first heap .* used (\\d+)K");
    private static final Pattern AT_REST = Pattern.compile("in flight: 0 events, 0 bytes; (\\d+) arrays open");

    private final List<InstanceProcess> processes = new ArrayList<>();

    @TempDir
    private Path folder;

    private InstanceProcess launch(String javaOptions, String... words) {
        InstanceProcess process = InstanceProcess.launcher(javaOptions, List.of(words));
        processes.add(process);
        return process;
    }

    @Test
    void memoryStaysFlat() throws Exception {
        assertThat(MINUTES).as("soak.minutes").isGreaterThan(SETTLED_AFTER_MINUTES);
        try {
            soak();
        } finally {
            processes.forEach(InstanceProcess::killIfAlive);
        }
    }

    private void soak() throws Exception {
        InstanceProcess broker =
                launch("-Xmx512m", "broker", "--data", folder.resolve("broker").toString(), "--port", "0");
        broker.awaitLog("ready");
        Configuration configuration = new ConfigurationLoader()
                .set("bootstrapServers", last(ADDRESS, broker.log()).group(1), "test")
                .set("brokerTimeoutMillis", Long.toString(PATIENCE.toMillis()), "test")
                .load();
        TopicCreation.create(new KafkaClients(configuration.connection()));
        InstanceProcess instance =
                launch(HEAP, "run", "--bootstrap", configuration.bootstrapServers(), "--set", "statusSeconds=5");
        instance.awaitRunning();
        OutcomeFollower follower = follow(configuration);

        send(configuration, follower, 0, 2_000);
        int arraysWarm = arraysAtRest(instance, follower);
        double objectsWarm = liveObjectMegabytes(instance.pid());
        MemorySeries series = new MemorySeries();
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
        ScheduledFuture<?> sampling = sampleMemory(sampler, instance.pid(), series);
        send(configuration, follower, EVENTS_A_SECOND, MINUTES * 60L * EVENTS_A_SECOND);
        sampling.cancel(false);
        sampler.shutdown();
        assertThat(sampler.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        int arraysAfter = arraysAtRest(instance, follower);
        double objectsAfter = liveObjectMegabytes(instance.pid());

        double most = HEAP_MEGABYTES + modelMegabytes(configuration) + BESIDES_MEGABYTES;
        report(
                series,
                most,
                arraysWarm,
                arraysAfter,
                objectsWarm,
                objectsAfter,
                follower.snapshot().outcomes());
        assertThat(instance.terminate()).as(instance::log).isZero();
        follower.finish();
        assertThat(follower.snapshot().lost()).isZero();
        assertThat(follower.snapshot().duplicates()).isZero();
        assertThat(series.size()).isGreaterThan(MINUTES * 60 / (int) SAMPLE_EVERY.toSeconds() / 2);
        assertThat(series.slope(SETTLED_AFTER_MINUTES)).as("MB per minute").isLessThan(MOST_MEGABYTES_A_MINUTE);
        assertThat(series.peakMegabytes()).as("peak, MB").isLessThan(most);
        assertThat(arraysAfter).as("arrays open").isEqualTo(arraysWarm);
        assertThat(objectsAfter - objectsWarm).as("growth of live objects, MB").isLessThan(MOST_MEGABYTES_OF_OBJECTS);
    }

    private static OutcomeFollower follow(Configuration configuration) {
        KafkaClients clients = new KafkaClients(configuration.connection());
        List<TopicPartition> outputs =
                new ArrayList<>(clients.partitions(configuration.topics().labels()));
        outputs.addAll(clients.partitions(configuration.topics().deadLetters()));
        return new OutcomeFollower(clients.committedReader(), outputs, configuration.topics(), Map.of());
    }

    private static void send(Configuration configuration, OutcomeFollower follower, double rate, long events)
            throws InterruptedException {
        EventSource source = EventSource.of(List.of(TestCluster.SAMPLES)).kept();
        try (Producer<byte[], byte[]> producer = new KafkaClients(configuration.connection()).producer()) {
            EventSender sender = new EventSender(
                    producer,
                    configuration.topics().input(),
                    rate,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            long sent = 0;
            while (sent < events) {
                for (EventSource.SourceEvent event : source) {
                    if (sent++ < events) {
                        sender.send(event);
                    }
                }
            }
            assertThat(sender.finish().sent()).isEqualTo(events);
        }
    }

    /** Returns the number of open arrays once all events have outcomes. */
    private static int arraysAtRest(InstanceProcess instance, OutcomeFollower follower) {
        await().atMost(PATIENCE)
                .until(() ->
                        follower.snapshot().outcomes() >= follower.snapshot().events());
        int before = instance.log().length();
        await().atMost(PATIENCE)
                .until(() -> AT_REST.matcher(instance.log().substring(before)).find());
        return Integer.parseInt(last(AT_REST, instance.log()).group(1));
    }

    /** Returns the size of the heap's live objects after a full collection. */
    private static double liveObjectMegabytes(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.run");
        return Long.parseLong(last(HEAP_USED, jcmd(pid, "GC.heap_info")).group(1)) * 1_024 / 1e6;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static MatchResult last(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().reduce((first, second) -> second).orElseThrow();
    }

    private static ScheduledFuture<?> sampleMemory(ScheduledExecutorService sampler, long pid, MemorySeries series) {
        long start = System.nanoTime();
        return sampler.scheduleAtFixedRate(
                () -> {
                    try {
                        series.add((System.nanoTime() - start) / 60e9, ResidentMemory.bytes(pid));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                0,
                SAMPLE_EVERY.toSeconds(),
                TimeUnit.SECONDS);
    }

    private static double modelMegabytes(Configuration configuration) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(configuration.model()))) {
            return files.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    / 1e6;
        }
    }

    private static void report(
            MemorySeries series,
            double most,
            int arraysWarm,
            int arraysAfter,
            double objectsWarm,
            double objectsAfter,
            long events)
            throws IOException {
        String summary = String.format(
                Locale.ROOT,
                """
                # Memory of an instance at %d events per second for %d minutes

                - from minute %d on: %.3f MB per minute by least squares, limit %.0f
                - peak: %.0f MB, limit %.0f (heap, model and %d)
                - arrays open: %d after the warm-up, %d after %d events
                - live objects: %.1f MB after the warm-up, %.1f MB at the end

                """,
                EVENTS_A_SECOND,
                MINUTES,
                SETTLED_AFTER_MINUTES,
                series.slope(SETTLED_AFTER_MINUTES),
                MOST_MEGABYTES_A_MINUTE,
                series.peakMegabytes(),
                most,
                BESIDES_MEGABYTES,
                arraysWarm,
                arraysAfter,
                events,
                objectsWarm,
                objectsAfter);
        Files.writeString(REPORT, summary + series.table());
        System.out.println(summary);
    }
}
