package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.Backlog;
import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.Photographs;
import io.resnetstreams.bench.ProbeProcess;
import io.resnetstreams.bench.ProbeState;
import io.resnetstreams.bench.ResidentMemory;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.topology.PipelineSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Resident memory of the pipeline in a child process with the bundled model: idle (median), while it processes a backlog
 * (maximum), and with a stalled device and a full window (maximum). The maximum with a stalled device is measured after a
 * delay, so that memory that was used for the load can be released; the maximum since the start of the stall is also
 * reported.
 */
final class MemoryScenario implements Scenario {
    private static final long SAMPLE_NANOS = Duration.ofMillis(20).toNanos();
    private static final long SETTLED_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int STALL_DELAY_SECONDS = 10;
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

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        if (!ResidentMemory.isKnown()) {
            figures.put("notMeasured", "this system has no /proc/PID/status with the resident memory of a process");
            return figures;
        }
        try (KafkaSetup kafka = new KafkaSetup(settings.directory().resolve("memory-broker"))) {
            for (Size size : SIZES) {
                List<byte[]> images = size.made();
                List<Measured> rounds = new ArrayList<>();
                while (rounds.size() < settings.rounds()) {
                    rounds.add(measure(kafka, images, settings));
                }
                figures.put(size.name(), figures(rounds, images));
            }
        }
        figures.put("inFlightCap", KafkaSetup.IN_FLIGHT.maxBytes());
        return figures;
    }

    private static Map<String, Object> figures(List<Measured> rounds, List<byte[]> images) {
        long idle = median(rounds, Measured::idle);
        long stalled = median(rounds, Measured::stalled);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("idle", idle);
        figures.put("loaded", median(rounds, Measured::loaded));
        figures.put("stalled", stalled);
        figures.put("stalledOverIdle", stalled - idle);
        figures.put("stalledMost", median(rounds, Measured::stalledMost));
        figures.put("imageBytes", Backlog.meanBytes(images));
        return figures;
    }

    private static long median(List<Measured> rounds, ToDoubleFunction<Measured> state) {
        return (long) Rounds.median(rounds.stream().mapToDouble(state).boxed().toList());
    }

    private static Measured measure(KafkaSetup kafka, List<byte[]> images, BenchSettings settings) throws Exception {
        PipelineSettings topics = kafka.liveSettings();
        try (ProbeProcess probe = ProbeProcess.start(topics, settings.bundledModel());
                Backlog backlog = new Backlog(kafka, topics.topics().input(), images)) {
            double idle = Rounds.median(sample(probe, settings.seconds(), state -> {}));
            awaitFirstLabel(probe, backlog);
            double loaded = most(sample(probe, settings.seconds(), state -> backlog.topUp(state.labels())));
            probe.stall();
            awaitStandstill(probe, backlog);
            double first = most(sample(probe, STALL_DELAY_SECONDS, MemoryScenario::requireFull));
            double stalled = most(sample(probe, settings.seconds(), MemoryScenario::requireFull));
            probe.end();
            return new Measured(idle, loaded, stalled, Math.max(first, stalled));
        } finally {
            kafka.deleteLive(topics);
        }
    }

    private static List<Double> sample(ProbeProcess probe, int seconds, Consumer<ProbeState> watcher) throws Exception {
        List<Double> samples = new ArrayList<>();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            watcher.accept(probe.state());
            samples.add((double) probe.residentBytes());
            LockSupport.parkNanos(SAMPLE_NANOS);
        }
        return samples;
    }

    private static double most(List<Double> samples) {
        return samples.stream().max(Double::compare).orElseThrow();
    }

    private static void awaitFirstLabel(ProbeProcess probe, Backlog backlog) throws Exception {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        for (ProbeState state = probe.state(); state.labels() == 0; state = probe.state()) {
            backlog.topUp(0);
            if (System.nanoTime() > deadline) {
                throw probe.failed("wrote no label within " + TIMEOUT.toSeconds() + " s");
            }
            LockSupport.parkNanos(SAMPLE_NANOS);
        }
    }

    /** Waits until the window is full and the state has not changed for a while. */
    private static void awaitStandstill(ProbeProcess probe, Backlog backlog) throws Exception {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        ProbeState last = probe.state();
        long since = System.nanoTime();
        while (!last.full() || System.nanoTime() - since < SETTLED_NANOS) {
            backlog.topUp(last.labels());
            LockSupport.parkNanos(SAMPLE_NANOS);
            ProbeState state = probe.state();
            if (!state.equals(last)) {
                last = state;
                since = System.nanoTime();
            }
            if (System.nanoTime() > deadline) {
                throw probe.failed("did not stop within " + TIMEOUT.toSeconds()
                        + " s with a stalled device; its state is " + last);
            }
        }
    }

    private static void requireFull(ProbeState state) {
        if (!state.full()) {
            throw new IllegalStateException("the device is stalled, but the window is not full: " + state);
        }
    }
}
