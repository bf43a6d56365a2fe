package io.resnetstreams.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSelectorTest {
    private static final FakeAccelerators NO_GPU = new FakeAccelerators(0, false, List.of());
    private static final FakeAccelerators TWO_GPUS = new FakeAccelerators(2, true, List.of("8.6", "7.5"));
    private static final FakeAccelerators TOO_NEW = new FakeAccelerators(0, true, List.of("9.0"));
    /** The library of Dockerfile.gpu is loaded even if it does not support the device. */
    private static final FakeAccelerators COUNTED_BUT_TOO_NEW = new FakeAccelerators(1, true, List.of("9.0"));

    private static final FakeAccelerators ONE_OF_TWO = new FakeAccelerators(2, true, List.of("8.9", "8.0"));
    private static final FakeAccelerators WITHOUT_CUDA = new FakeAccelerators(0, false, List.of("8.6"));
    private static final FakeAccelerators SILENT = new FakeAccelerators(0, true, List.of("8.6"));

    private record FakeAccelerators(int usableGpus, boolean libraryHasCuda, List<String> cudaDevices)
            implements DeviceSelector.Accelerators {}

    private static List<Device> select(DeviceSelector.Accelerators accelerators, String wish) {
        return new DeviceSelector(accelerators).select(wish);
    }

    private static void assertNoGpu(DeviceSelector.Accelerators accelerators, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(accelerators, "gpu"))
                .withMessage("device is 'gpu', but no GPU can be used: " + reason);
    }

    @Test
    void autoTakesEveryGpu() {
        assertThat(select(TWO_GPUS, "auto")).containsExactly(Device.gpu(0), Device.gpu(1));
    }

    @Test
    void autoTakesTheCpuWhereThereIsNoGpu() {
        assertThat(select(NO_GPU, "auto")).containsExactly(Device.cpu());
    }

    @Test
    void autoTakesTheCpuWhereNoGpuCanBeUsed() {
        assertThat(select(TOO_NEW, "auto")).containsExactly(Device.cpu());
    }

    @Test
    void cpuTakesTheCpuThoughThereAreGpus() {
        assertThat(select(TWO_GPUS, "cpu")).containsExactly(Device.cpu());
    }

    @Test
    void gpuTakesEveryGpu() {
        assertThat(select(TWO_GPUS, "gpu")).containsExactly(Device.gpu(0), Device.gpu(1));
    }

    @Test
    void aGpuThatTheLibraryHasNoKernelsForIsNotTaken() {
        assertThat(select(COUNTED_BUT_TOO_NEW, "auto")).containsExactly(Device.cpu());
        assertNoGpu(COUNTED_BUT_TOO_NEW, "compute capability 9.0 is outside 5.0 to 8.6, for which MXNet is built");
        assertThat(select(ONE_OF_TWO, "auto")).containsExactly(Device.gpu(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(ONE_OF_TWO, "gpu:0"))
                .withMessage("device is 'gpu:0', but the usable GPUs are gpu:1");
    }

    @Test
    void aNumberedGpuIsTakenAlone() {
        assertThat(select(TWO_GPUS, "gpu:1")).containsExactly(Device.gpu(1));
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
                WITHOUT_CUDA, "the native library is built without CUDA (Dockerfile.gpu takes the one that has it)");
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
        assertThat(new DeviceSelector(TWO_GPUS).describe(List.of(Device.gpu(0), Device.gpu(1))))
                .isEqualTo("gpu:0, gpu:1");
    }

    @Test
    void aPlainCpuNeedsNoExplanation() {
        assertThat(new DeviceSelector(NO_GPU).describe(List.of(Device.cpu()))).isEqualTo("cpu");
    }

    @Test
    void aCpuBesideAnIdleGpuIsExplained() {
        assertThat(new DeviceSelector(TOO_NEW).describe(List.of(Device.cpu())))
                .isEqualTo("cpu (compute capability 9.0 is outside 5.0 to 8.6, for which MXNet is built)");
    }
}
