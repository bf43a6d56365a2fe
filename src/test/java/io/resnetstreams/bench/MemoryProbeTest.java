package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.bench.MemoryProbe.State;
import io.resnetstreams.model.Classifier;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the probe's protocol, its stalled device, and how a process's resident memory is read. */
class MemoryProbeTest {
    private static final State FULL = new State(14, 73_104_192, true, 92, 0);

    private static List<State> serve(String commands, AtomicInteger stalls) throws IOException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        MemoryProbe.serve(
                new BufferedReader(new StringReader(commands)),
                new PrintStream(answers, true, UTF_8),
                () -> FULL,
                stalls::incrementAndGet);
        List<State> states = new ArrayList<>();
        for (String line : answers.toString(UTF_8).lines().toList()) {
            states.add(State.parse(line));
        }
        return states;
    }

    @Test
    void eachCommandIsAnsweredWithTheState() throws Exception {
        AtomicInteger stalls = new AtomicInteger();
        assertThat(serve("state\nstall\nstate\n", stalls)).containsExactly(FULL, FULL, FULL, FULL);
        assertThat(stalls).hasValue(1);
    }

    /** The input ends when the parent exits. */
    @Test
    void theProbeStopsAtTheEndOfItsInput() throws Exception {
        assertThat(serve("", new AtomicInteger())).containsExactly(FULL);
    }

    @Test
    void residentMemoryIsReadInBytes() throws Exception {
        String status = "Name:\tjava\nVmHWM:\t  700000 kB\nVmRSS:\t  331004 kB\nRssAnon:\t  240000 kB\nThreads:\t41\n";
        assertThat(ResidentMemory.parse(status)).isEqualTo(331_004L * 1_024);
    }

    /** A zombie process has no such line, and only kB is accepted as the unit. */
    @ParameterizedTest
    @ValueSource(strings = {"Name:\tjava\nState:\tZ (zombie)\nThreads:\t1\n", "VmRSS:\t 3 MB\n", ""})
    void missingResidentMemoryIsAnErrorAndNotZero(String status) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ResidentMemory.parse(status))
                .withMessageContaining("VmRSS");
    }

    @Test
    void aStalledDeviceTakesBatchesAndAnswersWhenItIsResumed() throws Exception {
        List<Integer> begun = new ArrayList<>();
        Classifier inner = new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                begun.add(images.size());
                return new float[images.size()][2];
            }

            @Override
            public void close() {
                begun.add(-1);
            }
        };
        AtomicReference<CompletableFuture<Void>> results =
                new AtomicReference<>(CompletableFuture.completedFuture(null));
        try (WrappedClassifier device =
                new WrappedClassifier(inner, () -> results.get().join(), inner::close)) {
            List<byte[]> images = List.of(new byte[3], new byte[3]);
            assertThat(device.classify(images)).hasDimensions(2, 2);
            results.set(new CompletableFuture<>());
            FutureTask<float[][]> stalled = new FutureTask<>(() -> device.classify(images));
            Thread worker = new Thread(stalled, "stalled-worker");
            worker.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> worker.getState() == Thread.State.WAITING);
            assertThat(stalled).isNotDone();
            results.get().complete(null);
            assertThat(stalled.get(60, TimeUnit.SECONDS)).hasDimensions(2, 2);
        }
        assertThat(begun).containsExactly(2, 2, -1);
    }
}
