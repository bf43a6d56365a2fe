package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.ChildProcess;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.Photographs;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.topology.PipelineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The startup time of {@code run} with one waiting event: from the start of the launcher until Kafka Streams is running, and
 * until a {@code read_committed} consumer reads the first label. The first round fills the page cache and is not counted.
 */
final class StartupScenario implements Scenario {
    private static final double MILLI = 1e6;
    private static final String LAUNCHER = "resnet-streams";
    private static final String RUNNING = "-> RUNNING";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(5);

    /** Milliseconds since the start of the process. */
    private record Measured(double running, double firstLabel) {}

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        Path launcher = launcher(Path.of(System.getProperty("resnet-streams.home", ".")));
        byte[] event = Photographs.made(500, 375, 1);
        List<Measured> rounds = new ArrayList<>();
        try (KafkaSetup kafka = new KafkaSetup(settings.directory().resolve("startup-broker"))) {
            for (int round = 0; round <= settings.rounds(); round++) {
                Measured measured = measure(kafka, launcher, settings.bundledModel(), event);
                if (round > 0) {
                    rounds.add(measured);
                }
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put(
                "running", Rounds.median(rounds.stream().map(Measured::running).toList()));
        figures.put(
                "firstLabel",
                Rounds.median(rounds.stream().map(Measured::firstLabel).toList()));
        return figures;
    }

    /**
     * Returns the launcher in a directory.
     *
     * @throws IllegalArgumentException if it is not there
     */
    static Path launcher(Path home) {
        Path launcher = home.resolve(LAUNCHER).toAbsolutePath();
        if (!Files.isExecutable(launcher)) {
            throw new IllegalArgumentException(
                    "startup needs the launcher, but there is no executable file " + launcher);
        }
        return launcher;
    }

    private static Measured measure(KafkaSetup kafka, Path launcher, Path model, byte[] event) throws Exception {
        PipelineSettings settings = kafka.liveSettings();
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer();
                TopicReader labels = kafka.reader(settings.topics().labels())) {
            producer.send(new ProducerRecord<>(settings.topics().input(), 0, null, event))
                    .get();
            labels.poll(POLL);
            try (ChildProcess process = ChildProcess.start(command(launcher, settings, model))) {
                double firstLabel = awaitLabel(process, labels) / MILLI;
                double running = process.await("RUNNING", line -> line.endsWith(RUNNING), LONGEST_WAIT)
                                .nanos()
                        / MILLI;
                process.terminate();
                return new Measured(running, firstLabel);
            }
        } finally {
            kafka.deleteLive(settings);
        }
    }

    static List<String> command(Path launcher, PipelineSettings settings, Path model) {
        return List.of(
                launcher.toString(),
                "run",
                "--bootstrap",
                settings.bootstrapServers(),
                "--model",
                model.toAbsolutePath().toString(),
                "--set",
                "applicationId=" + settings.applicationId(),
                "--set",
                "topics.input=" + settings.topics().input(),
                "--set",
                "topics.labels=" + settings.topics().labels(),
                "--set",
                "topics.deadLetters=" + settings.topics().deadLetters());
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
