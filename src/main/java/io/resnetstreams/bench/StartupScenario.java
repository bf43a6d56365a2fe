package io.resnetstreams.bench;

import io.resnetstreams.kafka.TopicReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The startup time of {@code run} with one waiting event: from the start of the launcher until Kafka Streams is running, and
 * until a {@code read_committed} consumer reads the first label. The first round fills the page cache and is not counted.
 */
final class StartupScenario {
    private static final double MILLI = 1e6;
    private static final String LAUNCHER = "resnet-streams";
    private static final String RUNNING = "-> RUNNING";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(5);

    /** Milliseconds since the start of the process. */
    private record Measured(double running, double firstLabel) {}

    private StartupScenario() {}

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        Path launcher = launcher(Path.of(System.getProperty("resnet-streams.home", ".")));
        byte[] event = Photographs.made(500, 375, 1);
        List<Measured> rounds = new ArrayList<>();
        try (KafkaSetup kafka = new KafkaSetup(settings, "startup-broker")) {
            for (int round = 0; round <= settings.rounds(); round++) {
                Measured measured = measure(kafka, launcher, settings, event);
                if (round > 0) {
                    rounds.add(measured);
                }
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("running", Rounds.median(rounds, Measured::running));
        figures.put("firstLabel", Rounds.median(rounds, Measured::firstLabel));
        return figures;
    }

    /** Returns the launcher in a directory, which must be there. */
    static Path launcher(Path home) {
        Path launcher = home.resolve(LAUNCHER).toAbsolutePath();
        if (!Files.isExecutable(launcher)) {
            throw new IllegalArgumentException(
                    "startup needs the launcher, but there is no executable file " + launcher);
        }
        return launcher;
    }

    private static Measured measure(KafkaSetup kafka, Path launcher, BenchSettings settings, byte[] event)
            throws Exception {
        try (TopologyRun run = kafka.liveRun();
                KafkaProducer<byte[], byte[]> producer = kafka.producer(Map.of());
                TopicReader labels = kafka.reader(run.labels())) {
            producer.send(new ProducerRecord<>(run.input(), 0, null, event)).get();
            labels.poll(POLL);
            try (ChildProcess process = ChildProcess.start(command(launcher, run.keys(), settings))) {
                process.await("RUNNING", line -> line.endsWith(RUNNING), LONGEST_WAIT);
                double running = process.nanosSinceStart() / MILLI;
                double firstLabel = awaitLabel(process, labels) / MILLI;
                process.terminate();
                return new Measured(running, firstLabel);
            }
        }
    }

    static List<String> command(Path launcher, List<String> keys, BenchSettings settings) {
        String model = settings.bundledModel().toAbsolutePath().toString();
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "run", "--model", model));
        Stream.concat(keys.stream(), settings.engineKeys().stream())
                .forEach(key -> command.addAll(List.of("--set", key)));
        return command;
    }

    private static long awaitLabel(ChildProcess process, TopicReader labels) throws InterruptedException {
        while (labels.poll(POLL).isEmpty()) {
            if (!process.isAlive()) {
                throw process.failed("exited before its first label");
            }
            if (process.nanosSinceStart() > LONGEST_WAIT.toNanos()) {
                throw process.failed("wrote no label within " + LONGEST_WAIT.toSeconds() + " s");
            }
        }
        return process.nanosSinceStart();
    }
}
