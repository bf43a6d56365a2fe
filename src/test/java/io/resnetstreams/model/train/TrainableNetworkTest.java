package io.resnetstreams.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.ResNetArchitecture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trains a network on the real engine to distinguish red noise from blue noise. */
class TrainableNetworkTest {
    private static final long SEED = 7;
    private static final int BATCH = 16;
    private static final int SIZE = 8;
    private static final Shape SHAPE = new Shape(BATCH, SIZE, SIZE, 3);

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final int[] labels = new int[BATCH];
    private TrainableNetwork network;

    @BeforeEach
    void open() throws IOException {
        network = network(SEED);
    }

    @AfterEach
    void close() {
        network.close();
    }

    private static TrainableNetwork network(long seed) throws IOException {
        Normalisation normalisation = new Normalisation(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25));
        return new TrainableNetwork(ResNetArchitecture.of("resnet20"), 2, normalisation, 1e-4, seed, Map.of());
    }

    private ByteBuffer batch() {
        ByteBuffer pixels = ByteBuffer.allocateDirect(BATCH * SIZE * SIZE * 3).order(ByteOrder.nativeOrder());
        for (int image = 0; image < BATCH; image++) {
            labels[image] = image % 2;
            for (int pixel = 0; pixel < SIZE * SIZE; pixel++) {
                byte bright = (byte) (128 + random.nextInt(128));
                byte dark = (byte) random.nextInt(128);
                pixels.put(labels[image] == 0 ? bright : dark);
                pixels.put((byte) random.nextInt(256));
                pixels.put(labels[image] == 0 ? dark : bright);
            }
        }
        return pixels.flip();
    }

    private double lossOfStep() {
        return network.step(batch(), SHAPE, labels, 0.05, 0, 0.9).loss();
    }

    @Test
    void aSimpleProblemIsLearnt() {
        double first = lossOfStep();
        double last = first;
        for (int step = 0; step < 20; step++) {
            last = lossOfStep();
        }
        assertThat(last).as("seed %d", SEED).isLessThan(first / 2);
    }

    @Test
    void trainingMovesTheRunningStatistics() {
        Map<String, float[]> before = network.values();
        lossOfStep();
        Map<String, float[]> after = network.values();
        assertThat(after.get("bn1.running_mean")).isNotEqualTo(before.get("bn1.running_mean"));
        assertThat(after.get("layer3.2.bn2.running_var")).isNotEqualTo(before.get("layer3.2.bn2.running_var"));
    }

    @Test
    void trainingLeavesTheNormalisationAsItIs() {
        lossOfStep();
        assertThat(network.values().get("input.offset")).containsOnly(127.5f);
    }

    @Test
    void countingChangesNothing() {
        Map<String, float[]> before = network.values();
        int right = network.countRight(batch(), SHAPE, labels);
        assertThat(right).isBetween(0, BATCH);
        network.values().forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
    }

    @Test
    void theSeedRepeatsTheInitialValues() throws IOException {
        try (TrainableNetwork same = network(SEED);
                TrainableNetwork other = network(SEED + 1)) {
            assertThat(same.values().get("conv1.weight"))
                    .isEqualTo(network.values().get("conv1.weight"))
                    .isNotEqualTo(other.values().get("conv1.weight"));
        }
    }
}
