package io.resnetstreams.bench;

import io.resnetstreams.bench.KafkaSetup.Backlog;
import io.resnetstreams.bench.MemoryProbe.State;
import io.resnetstreams.inference.batch.Supervision;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Resident memory of the pipeline in a child process with the bundled model: idle (median), while it processes a backlog
 * (maximum), and with a stalled device and a full window (maximum). The maximum with a stalled device is measured after a
 * delay, so that memory that was used for the load can be released; the maximum since the start of the stall is also
 * reported.
 */
final class MemoryScenario {
    private static final long SAMPLE_NANOS = Duration.ofMillis(20).toNanos();
    private static final long SETTLED_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int STALL_DELAY_SECONDS = 10;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    /** Photographs of a size. */
    private record Size(String name, int width, int height, float quality, int images) {
        List<byte[]> made() throws IOException {
            List<byte[]> made = new ArrayList<>();
            for (int seed = 1; seed <= images; seed++) {
                made.add(Photographs.made(width, height, seed, quality));
            }
            return made;
        }
    }

    private static final List<Size> SIZES =
            List.of(new Size("100KB", 960, 720, 0.75f, 12), new Size("5MB", 4_000, 3_000, 0.95f, 3));

    /** Bytes. */
    private record Measured(double idle, double loaded, double stalled, double stalledMost) {}

    private MemoryScenario() {}

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        if (!ResidentMemory.isKnown()) {
            figures.put("notMeasured", "this system has no /proc/PID/status with the resident memory of a process");
            return figures;
        }
        try (KafkaSetup kafka = new KafkaSetup(settings, "memory-broker")) {
            for (Size size : SIZES) {
                List<byte[]> images = size.made();
                List<Measured> rounds = new ArrayList<>();
                while (rounds.size() < settings.rounds()) {
                    rounds.add(measure(kafka, images, settings));
                }
                figures.put(size.name(), figures(rounds, images));
            }
        }
        figures.put("inFlightCap", BenchSettings.PIPELINE.window().maxBytes());
        return figures;
    }

    private static Map<String, Object> figures(List<Measured> rounds, List<byte[]> images) {
        long idle = (long) Rounds.median(rounds, Measured::idle);
        long stalled = (long) Rounds.median(rounds, Measured::stalled);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("idle", idle);
        figures.put("loaded", (long) Rounds.median(rounds, Measured::loaded));
        figures.put("stalled", stalled);
        figures.put("stalledOverIdle", stalled - idle);
        figures.put("stalledMost", (long) Rounds.median(rounds, Measured::stalledMost));
        figures.put("imageBytes", Backlog.meanBytes(images));
        return figures;
    }

    private static Measured measure(KafkaSetup kafka, List<byte[]> images, BenchSettings settings) throws Exception {
        try (TopologyRun run = kafka.liveRun();
                ChildProcess probe = start(run, settings);
                Backlog backlog = new Backlog(kafka, run.input(), images)) {
            answer(probe, "RUNNING", TIMEOUT);
            double idle = Rounds.median(sample(probe, settings.seconds(), state -> {}));
            await(probe, backlog, "its first label", state -> state.labels() > 0, 0);
            double loaded = Collections.max(sample(probe, settings.seconds(), state -> backlog.topUp(state.labels())));
            ask(probe, MemoryProbe.STALL);
            await(probe, backlog, "a full window with a stalled device", State::full, SETTLED_NANOS);
            double first = Collections.max(sample(probe, STALL_DELAY_SECONDS, MemoryScenario::requireFull));
            double stalled = Collections.max(sample(probe, settings.seconds(), MemoryScenario::requireFull));
            probe.end();
            return new Measured(idle, loaded, stalled, Math.max(first, stalled));
        }
    }

    private static ChildProcess start(TopologyRun run, BenchSettings settings) throws IOException {
        List<String> keys = new ArrayList<>(run.keys());
        keys.add("model=" + settings.bundledModel().toAbsolutePath());
        keys.addAll(settings.engineKeys());
        // The stalled device is not to be replaced.
        keys.add("batch.timeoutMillis=" + Supervision.LONGEST_TIMEOUT_MILLIS);
        return ChildProcess.start(ChildProcess.java(MemoryProbe.class, keys));
    }

    private static State answer(ChildProcess probe, String what, Duration longest) throws Exception {
        // Other lines are log messages.
        return State.parse(probe.await(what, line -> line.startsWith("{"), longest));
    }

    private static State ask(ChildProcess probe, String command) throws Exception {
        probe.send(command);
        State state = answer(probe, "the answer to '" + command + "'", ANSWER_TIMEOUT);
        if (state.deadLetters() > 0) {
            throw probe.failed("wrote dead letters for valid images: " + state.deadLetters());
        }
        return state;
    }

    private static long residentBytes(ChildProcess probe) throws InterruptedException {
        try {
            return ResidentMemory.bytes(probe.pid());
        } catch (IOException e) {
            throw probe.failed("has no readable resident memory: " + e.getMessage());
        }
    }

    private static List<Double> sample(ChildProcess probe, int seconds, Consumer<State> watcher) throws Exception {
        List<Double> samples = new ArrayList<>();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            watcher.accept(ask(probe, "state"));
            samples.add((double) residentBytes(probe));
            LockSupport.parkNanos(SAMPLE_NANOS);
        }
        return samples;
    }

    /** Keeps up the backlog until the state meets a condition and has not changed for a while. */
    private static void await(
            ChildProcess probe, Backlog backlog, String what, Predicate<State> condition, long settledNanos)
            throws Exception {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        State last = null;
        long since = 0;
        while (last == null || !condition.test(last) || System.nanoTime() - since < settledNanos) {
            State state = ask(probe, "state");
            if (!state.equals(last)) {
                last = state;
                since = System.nanoTime();
            }
            if (System.nanoTime() > deadline) {
                throw probe.failed(
                        "did not reach " + what + " within " + TIMEOUT.toSeconds() + " s; its state is " + last);
            }
            backlog.topUp(last.labels());
            LockSupport.parkNanos(SAMPLE_NANOS);
        }
    }

    private static void requireFull(State state) {
        if (!state.full()) {
            throw new IllegalStateException("the device is stalled, but the window is not full: " + state);
        }
    }
}
