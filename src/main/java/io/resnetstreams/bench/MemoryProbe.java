package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.Device;
import io.resnetstreams.bench.StallableClassifier.Gate;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.Topics;
import io.resnetstreams.topology.TopologyMetrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * A process that runs only the pipeline, as {@code run} does, with a device that can be stalled. It prints its state when it
 * is running, and then reads commands, one per line: {@value #STATE} and {@value #STALL} print the state, and {@value #END}
 * or the end of the input, which is closed if the parent exits, ends the process.
 */
public final class MemoryProbe {
    static final String STATE = "state";
    static final String STALL = "stall";
    static final String END = "end";

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private MemoryProbe() {}

    /** Returns the arguments for {@link #main}. */
    static List<String> arguments(String bootstrapServers, String applicationId, Topics topics, Path model) {
        return List.of(
                bootstrapServers,
                applicationId,
                topics.input(),
                topics.labels(),
                topics.deadLetters(),
                model.toAbsolutePath().toString());
    }

    /** Runs the pipeline until the last command. */
    public static void main(String[] arguments) throws Exception {
        Topics topics = new Topics(arguments[2], arguments[3], arguments[4]);
        ModelDirectory directory = ModelDirectory.load(Path.of(arguments[5]));
        ImagePreprocessor.warmUp();
        Gate gate = new Gate();
        Outcomes outcomes = new Outcomes();
        try (DeviceModel model = DeviceModel.load(
                        directory, Device.cpu(), Runtime.getRuntime().availableProcessors(), Service.LARGEST_BATCH);
                Service service = service(directory, model, gate);
                Pipeline pipeline = Pipeline.create(
                        KafkaSetup.settings(arguments[0], arguments[1], topics, KafkaSetup.IN_FLIGHT),
                        service.service()::classify,
                        outcomes)) {
            run(pipeline, gate, outcomes);
        }
    }

    private static void run(Pipeline pipeline, Gate gate, Outcomes outcomes) throws IOException, InterruptedException {
        try {
            pipeline.start();
            if (!pipeline.awaitRunning(TIMEOUT)) {
                throw new IllegalStateException("the pipeline did not start", pipeline.failure());
            }
            serve(
                    new BufferedReader(new InputStreamReader(System.in, UTF_8)),
                    System.out,
                    () -> state(pipeline, outcomes),
                    gate::close);
        } finally {
            // The service waits for the workers when it closes.
            gate.open();
        }
    }

    /** Prints the state and answers commands until the last one. */
    static void serve(BufferedReader commands, PrintStream answers, Supplier<ProbeState> state, Runnable stall)
            throws IOException {
        answers.println(state.get().toJson());
        for (String command = commands.readLine();
                command != null && !command.equals(END);
                command = commands.readLine()) {
            switch (command) {
                case STATE -> answers.println(state.get().toJson());
                case STALL -> {
                    stall.run();
                    answers.println(state.get().toJson());
                }
                default -> throw new IllegalArgumentException(
                        "the command is '" + command + "'; allowed are " + STATE + ", " + STALL + " and " + END);
            }
        }
    }

    private static Service service(ModelDirectory directory, DeviceModel model, Gate gate) {
        List<Classifier> classifiers = model.classifiers().stream()
                .<Classifier>map(classifier -> new StallableClassifier(classifier, gate))
                .toList();
        return new Service(
                List.of(classifiers),
                directory.preprocessing(),
                directory.labels().size(),
                model.calibration().best());
    }

    private static ProbeState state(Pipeline pipeline, Outcomes outcomes) {
        if (pipeline.failure() != null) {
            throw new IllegalStateException("the pipeline failed", pipeline.failure());
        }
        return new ProbeState(
                pipeline.inFlight().events(),
                pipeline.inFlight().bytes(),
                pipeline.inFlight().isExhausted(),
                outcomes.labels.sum(),
                outcomes.deadLetters.sum());
    }

    /** Counts the outcomes. */
    private static final class Outcomes implements TopologyMetrics {
        private final LongAdder labels = new LongAdder();
        private final LongAdder deadLetters = new LongAdder();

        @Override
        public void forwarded(RawEvent event, Outcome outcome) {
            (outcome instanceof EncodedLabel ? labels : deadLetters).increment();
        }
    }
}
