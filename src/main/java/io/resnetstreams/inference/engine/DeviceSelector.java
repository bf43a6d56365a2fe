package io.resnetstreams.inference.engine;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Selects the devices of a setting: {@code auto} (all GPUs that the engine can use, else the CPU), {@code cpu}, {@code gpu} (all
 * GPUs), {@code gpu:N}. If a requested GPU can't be used, it reports the reason and does not fall back to the CPU.
 */
public final class DeviceSelector {
    static final String AUTO = "auto";
    static final String CPU = "cpu";

    private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,3}))?");

    private final String engine;
    private final Accelerators accelerators;

    /**
     * Selects for an engine.
     *
     * @param engine the engine's own name, for messages
     */
    DeviceSelector(String engine, Accelerators accelerators) {
        this.engine = engine;
        this.accelerators = accelerators;
    }

    /** Checks and returns a setting, without loading the engine. */
    public static String requireValid(String setting) {
        if (!setting.equals(AUTO)
                && !setting.equals(CPU)
                && !GPU.matcher(setting).matches()) {
            throw new IllegalArgumentException("device is '" + setting + "'; allowed are auto, cpu, gpu and gpu:N");
        }
        return setting;
    }

    /** Returns the devices to use, at least one; throws IllegalArgumentException if a setting can't be met. */
    List<ComputeDevice> select(String setting) {
        requireValid(setting);
        if (setting.equals(CPU)) {
            return List.of(ComputeDevice.CPU);
        }
        List<ComputeDevice> gpus = gpus();
        if (setting.equals(AUTO)) {
            return gpus.isEmpty() ? List.of(ComputeDevice.CPU) : gpus;
        }
        if (gpus.isEmpty()) {
            throw new IllegalArgumentException("device is '" + setting + "', but no GPU can be used: " + whyNone());
        }
        Matcher gpu = GPU.matcher(setting);
        if (!gpu.matches() || gpu.group(1) == null) {
            return gpus;
        }
        ComputeDevice requested = new ComputeDevice(Integer.parseInt(gpu.group(1)));
        if (!gpus.contains(requested)) {
            throw new IllegalArgumentException("device is '" + setting + "', but the usable GPUs are " + names(gpus));
        }
        return List.of(requested);
    }

    /** Returns the GPUs that the engine can use. */
    private List<ComputeDevice> gpus() {
        int usable = accelerators.usableGpus();
        List<String> capabilities = usable == 0 ? List.of() : accelerators.cudaDevices();
        // With a library given by the user, an engine also counts devices for which the library has no code.
        return IntStream.range(0, usable)
                .filter(index -> index >= capabilities.size() || accelerators.hasCodeFor(capabilities.get(index)))
                .mapToObj(ComputeDevice::new)
                .toList();
    }

    private static String names(List<ComputeDevice> devices) {
        return devices.stream().map(ComputeDevice::toString).collect(Collectors.joining(", "));
    }

    /** Describes the selected devices and, if GPUs of the machine stay unused, the reason. */
    String describe(List<ComputeDevice> devices) {
        boolean idleGpus =
                !devices.get(0).isGpu() && !accelerators.cudaDevices().isEmpty();
        return idleGpus ? names(devices) + " (" + whyNone() + ")" : names(devices);
    }

    private String whyNone() {
        List<String> capabilities = accelerators.cudaDevices();
        if (capabilities.isEmpty()) {
            return "the machine has no CUDA device";
        }
        if (capabilities.stream().noneMatch(accelerators::hasCodeFor)) {
            return "compute capability " + String.join(", ", capabilities) + " is outside "
                    + accelerators.capabilities() + ", for which " + engine + " is built";
        }
        if (!accelerators.libraryHasCuda()) {
            return "the native library is built without CUDA (" + accelerators.dockerfile() + " has a library for it)";
        }
        return engine + " reports none";
    }
}
