package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.service.ClassificationStack;
import io.resnetstreams.topology.Pipeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A process that runs only the pipeline, as {@code run} does, with a device that can be stalled. It prints its state when it is
 * running, and then for each line that it reads; {@value #STALL} stalls the device first. The end of the input, which is also
 * closed if the parent exits, ends the process.
 */
final class MemoryProbe {
    static final String STALL = "stall";
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    private MemoryProbe() {}

    /** The in-flight window and the committed outcomes so far, printed as a line of JSON. */
    record State(int inFlightEvents, long inFlightBytes, boolean full, long labels, long deadLetters) {
        static State parse(String line) throws JsonProcessingException {
            return JSON.readValue(line, State.class);
        }
    }

    /** Runs the pipeline until the end of the input, with these keys of the configuration as {@code key=value}. */
    public static void main(String[] keys) throws Exception {
        Configuration configuration = BenchSettings.configuration(List.of(keys));
        PipelineCounts counts = new PipelineCounts();
        AtomicReference<CompletableFuture<Void>> results =
                new AtomicReference<>(CompletableFuture.completedFuture(null));
        try (ClassificationStack stack = ClassificationStack.open(
                        configuration,
                        ClassificationStack.model(configuration.model()),
                        counts,
                        FetchMetrics.NONE,
                        classifier -> new WrappedClassifier(
                                classifier, () -> results.get().join(), classifier::close));
                Pipeline pipeline = Pipeline.create(configuration.pipelineSettings(), stack.classifier(), counts)) {
            try {
                pipeline.start();
                if (!pipeline.awaitRunning(TIMEOUT)) {
                    throw new IllegalStateException("the pipeline did not start", pipeline.failure());
                }
                serve(
                        new BufferedReader(new InputStreamReader(System.in, UTF_8)),
                        System.out,
                        () -> state(pipeline, counts),
                        () -> results.set(new CompletableFuture<>()));
            } finally {
                // The stack waits for the workers when it closes.
                results.get().complete(null);
            }
        }
    }

    /** Prints the state first and after each line, until the end of the input. */
    static void serve(BufferedReader commands, PrintStream answers, Supplier<State> state, Runnable stall)
            throws IOException {
        for (String command = ""; command != null; command = commands.readLine()) {
            if (command.equals(STALL)) {
                stall.run();
            }
            answers.println(JSON.writeValueAsString(state.get()));
        }
    }

    private static State state(Pipeline pipeline, PipelineCounts counts) {
        if (pipeline.failure() != null) {
            throw new IllegalStateException("the pipeline failed", pipeline.failure());
        }
        return new State(
                pipeline.inFlight().events(),
                pipeline.inFlight().bytes(),
                pipeline.inFlight().isExhausted(),
                counts.labels(),
                counts.deadLetters());
    }
}
