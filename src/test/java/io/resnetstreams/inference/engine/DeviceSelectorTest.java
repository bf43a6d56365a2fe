package io.resnetstreams.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSelectorTest {
    private static final Accelerators MXNET = new MxNetEngine().accelerators();

    private static final FakeAccelerators NO_GPU = new FakeAccelerators(0, false, List.of());
    private static final FakeAccelerators TWO_GPUS = new FakeAccelerators(2, true, List.of("8.6", "7.5"));
    private static final FakeAccelerators TOO_NEW = new FakeAccelerators(0, true, List.of("9.0"));
    /** The library of Dockerfile.gpu-mxnet is loaded even if it does not support the device. */
    private static final FakeAccelerators COUNTED_BUT_TOO_NEW = new FakeAccelerators(1, true, List.of("9.0"));

    private static final FakeAccelerators ONE_OF_TWO = new FakeAccelerators(2, true, List.of("8.9", "8.0"));
    private static final FakeAccelerators WITHOUT_CUDA = new FakeAccelerators(0, false, List.of("8.6"));
    private static final FakeAccelerators SILENT = new FakeAccelerators(0, true, List.of("8.6"));

    private record FakeAccelerators(int usableGpus, boolean libraryHasCuda, List<String> cudaDevices)
            implements Accelerators {
        @Override
        public boolean hasCodeFor(String capability) {
            return MXNET.hasCodeFor(capability);
        }

        @Override
        public String capabilities() {
            return MXNET.capabilities();
        }

        @Override
        public String dockerfile() {
            return MXNET.dockerfile();
        }
    }

    private static List<ComputeDevice> select(Accelerators accelerators, String wish) {
        return new DeviceSelector("MXNet", accelerators).select(wish);
    }

    private static void assertNoGpu(Accelerators accelerators, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(accelerators, "gpu"))
                .withMessage("device is 'gpu', but no GPU can be used: " + reason);
    }

    @Test
    void autoTakesEveryGpu() {
        assertThat(select(TWO_GPUS, "auto")).containsExactly(new ComputeDevice(0), new ComputeDevice(1));
    }

    @Test
    void autoTakesTheCpuWhereThereIsNoGpu() {
        assertThat(select(NO_GPU, "auto")).containsExactly(ComputeDevice.CPU);
    }

    @Test
    void autoTakesTheCpuWhereNoGpuCanBeUsed() {
        assertThat(select(TOO_NEW, "auto")).containsExactly(ComputeDevice.CPU);
    }

    @Test
    void cpuTakesTheCpuThoughThereAreGpus() {
        assertThat(select(TWO_GPUS, "cpu")).containsExactly(ComputeDevice.CPU);
    }

    @Test
    void gpuTakesEveryGpu() {
        assertThat(select(TWO_GPUS, "gpu")).containsExactly(new ComputeDevice(0), new ComputeDevice(1));
    }

    @Test
    void aGpuThatTheLibraryHasNoKernelsForIsNotTaken() {
        assertThat(select(COUNTED_BUT_TOO_NEW, "auto")).containsExactly(ComputeDevice.CPU);
        assertNoGpu(COUNTED_BUT_TOO_NEW, "compute capability 9.0 is outside 5.0 to 8.6, for which MXNet is built");
        assertThat(select(ONE_OF_TWO, "auto")).containsExactly(new ComputeDevice(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(ONE_OF_TWO, "gpu:0"))
                .withMessage("device is 'gpu:0', but the usable GPUs are gpu:1");
    }

    @Test
    void aNumberedGpuIsTakenAlone() {
        assertThat(select(TWO_GPUS, "gpu:1")).containsExactly(new ComputeDevice(1));
    }

    @Test
    void aGpuBeyondTheLastIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(TWO_GPUS, "gpu:2"))
                .withMessage("device is 'gpu:2', but the usable GPUs are gpu:0, gpu:1");
    }

    @Test
    void aNumberedGpuIsNeverASilentCpu() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(NO_GPU, "gpu:0"))
                .withMessageContaining("no GPU can be used");
    }

    @Test
    void noGpuSinceTheMachineHasNone() {
        assertNoGpu(NO_GPU, "the machine has no CUDA device");
    }

    @Test
    void noGpuSinceTheLibraryIsBuiltWithoutCuda() {
        assertNoGpu(
                WITHOUT_CUDA, "the native library is built without CUDA (Dockerfile.gpu-mxnet has a library for it)");
    }

    @Test
    void noGpuSinceItsCapabilityIsOutsideTheBuild() {
        assertNoGpu(TOO_NEW, "compute capability 9.0 is outside 5.0 to 8.6, for which MXNet is built");
    }

    @Test
    void noGpuSinceTheEngineReportsNone() {
        assertNoGpu(SILENT, "MXNet reports none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GPU", "gpu:", "gpu:-1", "gpu:x", "gpu:1234", "tpu", "cpu:0"})
    void aMalformedWishIsRefusedWithWhatIsAllowed(String wish) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(TWO_GPUS, wish))
                .withMessage("device is '" + wish + "'; allowed are auto, cpu, gpu and gpu:N");
    }

    @Test
    void theChoiceIsDescribedByName() {
        assertThat(new DeviceSelector("MXNet", TWO_GPUS).describe(List.of(new ComputeDevice(0), new ComputeDevice(1))))
                .isEqualTo("gpu:0, gpu:1");
    }

    @Test
    void aPlainCpuNeedsNoExplanation() {
        assertThat(new DeviceSelector("MXNet", NO_GPU).describe(List.of(ComputeDevice.CPU)))
                .isEqualTo("cpu");
    }

    @Test
    void aCpuBesideAnIdleGpuIsExplained() {
        assertThat(new DeviceSelector("MXNet", TOO_NEW).describe(List.of(ComputeDevice.CPU)))
                .isEqualTo("cpu (compute capability 9.0 is outside 5.0 to 8.6, for which MXNet is built)");
    }
}
