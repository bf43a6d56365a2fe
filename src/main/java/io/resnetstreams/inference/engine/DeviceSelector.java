package io.resnetstreams.inference.engine;

import ai.djl.Device;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Finds the devices for a wish: {@code auto} (every GPU that the engine can use, else the CPU), {@code cpu}, {@code gpu}
 * (every GPU), {@code gpu:N}. Who asks for a GPU gets one or an error that says why not; never a silent CPU.
 */
public final class DeviceSelector {
    /** What MXNet 1.9.1's CUDA 11.2 build has kernels for. */
    private static final double LEAST_CAPABILITY = 5.0;

    private static final double GREATEST_CAPABILITY = 8.6;
    private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,3}))?");

    private final Accelerators accelerators;

    public DeviceSelector() {
        this(Accelerators.ofThisMachine());
    }

    DeviceSelector(Accelerators accelerators) {
        this.accelerators = accelerators;
    }

    /** Checks a wish's form without asking the engine. */
    public static String requireValid(String wish) {
        if (!wish.equals("auto") && !wish.equals("cpu") && !GPU.matcher(wish).matches()) {
            throw new IllegalArgumentException("device is '" + wish + "'; allowed are auto, cpu, gpu and gpu:N");
        }
        return wish;
    }

    /**
     * Returns the devices to use, at least one.
     *
     * @throws IllegalArgumentException if the wish is malformed or no such GPU can be used
     */
    public List<Device> select(String wish) {
        requireValid(wish);
        if (wish.equals("cpu")) {
            return List.of(Device.cpu());
        }
        int usable = accelerators.usableGpus();
        List<String> capabilities = usable == 0 ? List.of() : accelerators.cudaDevices();
        // An engine that is given its library counts devices for which that has no kernels.
        List<Device> gpus = IntStream.range(0, usable)
                .filter(index -> index >= capabilities.size() || isSupported(capabilities.get(index)))
                .mapToObj(Device::gpu)
                .toList();
        if (wish.equals("auto")) {
            return gpus.isEmpty() ? List.of(Device.cpu()) : gpus;
        }
        if (gpus.isEmpty()) {
            throw new IllegalArgumentException("device is '" + wish + "', but no GPU can be used: " + whyNone());
        }
        Matcher gpu = GPU.matcher(wish);
        if (!gpu.matches() || gpu.group(1) == null) {
            return gpus;
        }
        Device wished = Device.gpu(Integer.parseInt(gpu.group(1)));
        if (!gpus.contains(wished)) {
            throw new IllegalArgumentException("device is '" + wish + "', but the usable GPUs are " + names(gpus));
        }
        return List.of(wished);
    }

    private static String names(List<Device> devices) {
        return String.join(", ", devices.stream().map(Accelerators::name).toList());
    }

    private static boolean isSupported(String capability) {
        double number = Double.parseDouble(capability);
        return number >= LEAST_CAPABILITY && number <= GREATEST_CAPABILITY;
    }

    /** Says what was chosen and, where a machine's GPUs stay idle, why. */
    public String describe(List<Device> devices) {
        boolean idleGpus =
                !devices.get(0).isGpu() && !accelerators.cudaDevices().isEmpty();
        return idleGpus ? names(devices) + " (" + whyNone() + ")" : names(devices);
    }

    private String whyNone() {
        List<String> capabilities = accelerators.cudaDevices();
        if (capabilities.isEmpty()) {
            return "the machine has no CUDA device";
        }
        if (capabilities.stream().noneMatch(DeviceSelector::isSupported)) {
            return "compute capability " + String.join(", ", capabilities) + " is outside " + LEAST_CAPABILITY + " to "
                    + GREATEST_CAPABILITY + ", for which MXNet is built";
        }
        if (!accelerators.libraryHasCuda()) {
            return "the native library is built without CUDA (Dockerfile.gpu takes the one that has it)";
        }
        return "MXNet reports none";
    }
}
