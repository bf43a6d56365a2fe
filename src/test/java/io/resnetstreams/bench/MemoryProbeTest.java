package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.bench.StallableClassifier.Gate;
import io.resnetstreams.model.Classifier;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the probe's protocol, its stalled device, and how a process's resident memory is read. */
class MemoryProbeTest {
    private static final ProbeState FULL = new ProbeState(14, 73_104_192, true, 92, 0);

    private static List<ProbeState> serve(String commands, AtomicInteger stalls) throws IOException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        MemoryProbe.serve(
                new BufferedReader(new StringReader(commands)),
                new PrintStream(answers, true, UTF_8),
                () -> FULL,
                stalls::incrementAndGet);
        return answers.toString(UTF_8).lines().map(ProbeState::parse).toList();
    }

    @Test
    void eachCommandIsAnsweredWithTheStateUntilTheLast() throws Exception {
        AtomicInteger stalls = new AtomicInteger();
        assertThat(serve("state\nstall\nstate\nend\nstall\n", stalls)).containsExactly(FULL, FULL, FULL, FULL);
        assertThat(stalls).hasValue(1);
    }

    /** The input ends when the parent exits. */
    @Test
    void theProbeStopsAtTheEndOfItsInput() throws Exception {
        assertThat(serve("", new AtomicInteger())).containsExactly(FULL);
    }

    @Test
    void anUnknownCommandIsRefusedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> serve("pause\n", new AtomicInteger()))
                .withMessageContainingAll("'pause'", "state", "stall", "end");
    }

    @Test
    void aStateIsDistinguishedFromTheLogAndABrokenOneIsNamed() {
        assertThat(ProbeState.isState(FULL.toJson())).isTrue();
        assertThat(ProbeState.isState("12:00:00.000 WARN  Pipeline: a stream thread is replaced"))
                .isFalse();
        assertThatIllegalStateException()
                .isThrownBy(() -> ProbeState.parse("{\"full\": tru"))
                .withMessageContaining("{\"full\": tru");
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
        Gate gate = new Gate();
        try (StallableClassifier device = new StallableClassifier(inner, gate)) {
            List<byte[]> images = List.of(new byte[3], new byte[3]);
            assertThat(device.classify(images)).hasDimensions(2, 2);
            gate.close();
            FutureTask<float[][]> stalled = new FutureTask<>(() -> device.classify(images));
            Thread worker = new Thread(stalled, "stalled-worker");
            worker.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> worker.getState() == Thread.State.WAITING);
            assertThat(stalled).isNotDone();
            gate.open();
            assertThat(stalled.get(60, TimeUnit.SECONDS)).hasDimensions(2, 2);
        }
        assertThat(begun).containsExactly(2, 2, -1);
    }
}
