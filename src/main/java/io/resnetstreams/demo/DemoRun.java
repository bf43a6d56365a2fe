package io.resnetstreams.demo;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.common.Folders;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.LabelledSample;
import io.resnetstreams.monitor.Monitoring;
import io.resnetstreams.precision.PrecisionChoice;
import io.resnetstreams.precision.Trial;
import io.resnetstreams.service.ClassificationStack;
import io.resnetstreams.service.ServedModel;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.StreamsProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/** The demo: broker, topics, model, pipeline, sample, and the follower that counts outcomes. */
public final class DemoRun implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    /** Without a new outcome for this long, the remaining events count as lost. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final long REFRESH_MILLIS = 250;

    private final Listener listener;
    /** As configured; with precision.mode=auto, its conversion may be run. */
    private final ModelDirectory source;

    private final LabelledSample sample;
    private final Monitoring monitoring;
    private final Path directory;
    private final CompletableFuture<EmbeddedBroker> broker;
    private Configuration configuration;
    private ClassificationStack stack;
    private Pipeline pipeline;

    private DemoRun(Configuration configured, ModelDirectory model, Listener listener) throws IOException {
        this.listener = listener;
        this.source = model;
        this.sample = sample(model);
        this.monitoring = Monitoring.start(configured, true);
        this.directory = Files.createTempDirectory("resnet-streams-demo");
        listener.step("Starting Kafka in this process and loading " + model.name());
        this.broker = CompletableFuture.supplyAsync(() -> startBroker(directory, configured));
    }

    /** Receives the progress of a demo, in the thread that runs it. */
    public interface Listener {
        /** Called before a step that takes some time. */
        void step(String text);

        /** Called with a line about the model's precision. */
        void notice(String line);

        /**
         * Called when the pipeline runs.
         *
         * @param address of the page; null if it is not served
         */
        void ready(String bootstrapServers, ClassificationStack stack, LabelledSample sample, String address);

        /** Called several times a second while events are processed. */
        void progress(OutcomeFollower.Snapshot now, long total, double meanBatch, double seconds);
    }

    /** The result of a demo. */
    public record Result(
            OutcomeFollower.Snapshot outcomes,
            double seconds,
            double meanBatch,
            ModelReference model,
            EngineSelector.Selection selection) {}

    /** Starts all parts, and returns when the pipeline waits for events. */
    public static DemoRun prepare(Configuration configured, Listener listener)
            throws IOException, InterruptedException {
        ModelDirectory model = ClassificationStack.model(configured.model());
        DemoRun run = new DemoRun(configured, model, listener);
        boolean isStarted = false;
        try {
            run.start(configured);
            isStarted = true;
            return run;
        } catch (CompletionException | IllegalArgumentException e) {
            throw UserErrorException.shortfall("the demo can't start: " + Failures.describe(e), e);
        } finally {
            if (!isStarted) {
                run.close();
            }
        }
    }

    private static LabelledSample sample(ModelDirectory model) {
        try {
            return LabelledSample.of(model);
        } catch (IOException e) {
            throw UserErrorException.usage("the demo needs a model with sample images: " + e.getMessage(), e);
        }
    }

    private static EmbeddedBroker startBroker(Path directory, Configuration configuration) {
        try {
            int headroom = StreamsProperties.OUTCOME_HEADROOM_BYTES;
            return EmbeddedBroker.start(
                    directory, 0, configuration.topicSettings().maxMessageBytes() + headroom);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private void start(Configuration configured) throws InterruptedException {
        PrecisionChoice choice = ServedModel.choose(configured, source, listener::notice);
        monitoring.precision(choice);
        ModelDirectory model = choice.model();
        stack = ClassificationStack.open(configured, model, monitoring.counts(), monitoring.fetches());
        String bootstrapServers = broker.join().bootstrapServers();
        configuration = configured.forEmbeddedBroker(bootstrapServers);
        TopicCreation.create(new KafkaClients(configuration.connection()));
        pipeline = Pipeline.create(configuration.pipelineSettings(), stack.classifier(), monitoring.counts());
        monitoring.watch(
                configuration,
                pipeline,
                model,
                stack.deviceNames(),
                stack.selection().engine().toString(),
                stack.selection().description(),
                stack::outage);
        pipeline.start();
        if (!pipeline.awaitRunning(START_TIMEOUT)) {
            throw UserErrorException.shortfall(
                    "the pipeline did not start within " + START_TIMEOUT.toSeconds() + " s", null);
        }
        listener.ready(bootstrapServers, stack, sample, monitoring.address());
    }

    /**
     * Sends the sample and waits for the outcomes.
     *
     * @param repeat the number of times to send the sample
     * @param hold whether the pipeline keeps running afterwards
     */
    public Result stream(int repeat, boolean hold) throws InterruptedException {
        KafkaClients clients = new KafkaClients(configuration.connection());
        List<TopicPartition> outputs =
                new ArrayList<>(clients.partitions(configuration.topics().labels()));
        outputs.addAll(clients.partitions(configuration.topics().deadLetters()));
        try (OutcomeFollower follower = new OutcomeFollower(
                clients.committedReader(), outputs, configuration.topics(), sample.classesByFile())) {
            long total = (long) repeat * sample.files().size();
            EventSource source = EventSource.of(sample.files()).kept();
            long start;
            try (Producer<byte[], byte[]> producer = clients.producer()) {
                // Connects before the time is measured.
                producer.partitionsFor(configuration.topics().input());
                start = System.nanoTime();
                CompletableFuture<Void> sending =
                        CompletableFuture.runAsync(() -> send(producer, source, repeat, follower));
                awaitOutcomes(follower, total, start);
                sending.join();
            }
            if (!hold) {
                pipeline.close();
            }
            follower.finish();
            OutcomeFollower.Snapshot outcomes = follower.snapshot();
            long last = outcomes.lastOutcomeNanos() == 0 ? System.nanoTime() : outcomes.lastOutcomeNanos();
            double seconds = (last - start) / 1e9;
            double meanBatch = monitoring.counts().meanBatch();
            return new Result(outcomes, seconds, meanBatch, stack.modelReference(), stack.selection());
        }
    }

    private void send(Producer<byte[], byte[]> producer, EventSource source, int repeat, OutcomeFollower follower) {
        EventSender sender = new EventSender(
                producer,
                configuration.topics().input(),
                0,
                metadata -> follower.expect(metadata.partition(), metadata.offset()));
        try {
            for (int round = 0; round < repeat; round++) {
                for (SourceEvent event : source) {
                    sender.send(event);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        EventSender.Result result = sender.finish();
        if (result.failed() > 0) {
            throw new IllegalStateException(
                    "not sent: " + Text.count(result.failed(), "event") + ": " + result.firstFailure());
        }
    }

    private void awaitOutcomes(OutcomeFollower follower, long total, long start) throws InterruptedException {
        while (true) {
            OutcomeFollower.Snapshot now = follower.snapshot();
            listener.progress(now, total, monitoring.counts().meanBatch(), (System.nanoTime() - start) / 1e9);
            long lastChange = Math.max(start, now.lastOutcomeNanos());
            if (now.outcomes() >= total || System.nanoTime() - lastChange > TIMEOUT.toNanos()) {
                return;
            }
            if (pipeline.failure() != null) {
                throw UserErrorException.shortfall(
                        "the pipeline ended: " + Failures.describe(pipeline.failure()), pipeline.failure());
            }
            TimeUnit.MILLISECONDS.sleep(REFRESH_MILLIS);
        }
    }

    /**
     * Measures within about two seconds what int8 would gain.
     *
     * @return empty if the demo has not run the model in fp32 on the CPU, or if int8 would gain nothing
     */
    public Optional<Trial> int8() throws InterruptedException {
        return stack.modelReference().digest().equals(source.digest())
                ? PrecisionHint.measure(configuration, source, stack.selection())
                : Optional.empty();
    }

    /** Returns the address of the page, or null if it is not served. */
    public String address() {
        return monitoring.address();
    }

    @Override
    public void close() {
        // First, since it sends requests to the broker.
        monitoring.close();
        if (pipeline != null) {
            pipeline.close();
        }
        if (stack != null) {
            stack.close();
        }
        EmbeddedBroker started = broker.exceptionally(failure -> null).join();
        if (started != null) {
            started.close();
        }
        try {
            Folders.delete(directory);
        } catch (IOException e) {
            // A remaining temporary directory does no harm.
            directory.toFile().deleteOnExit();
        }
    }
}
