package io.resnetstreams.inference.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.util.cuda.CudaUtils;
import io.resnetstreams.model.network.MxNet;
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
    /** The compute capabilities for which MXNet 1.9.1's CUDA 11.2 build has kernels. */
    private static final double LEAST_CAPABILITY = 5.0;

    private static final double GREATEST_CAPABILITY = 8.6;
    private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,3}))?");

    private final Accelerators accelerators;

    /** Selects among the devices of this machine. */
    public DeviceSelector() {
        this(Accelerators.ofThisMachine());
    }

    DeviceSelector(Accelerators accelerators) {
        this.accelerators = accelerators;
    }

    /** Checks and returns a setting, without loading the engine. */
    public static String requireValid(String setting) {
        if (!setting.equals("auto")
                && !setting.equals("cpu")
                && !GPU.matcher(setting).matches()) {
            throw new IllegalArgumentException("device is '" + setting + "'; allowed are auto, cpu, gpu and gpu:N");
        }
        return setting;
    }

    /** Returns the devices to use, at least one; throws IllegalArgumentException if a setting can't be met. */
    public List<Device> select(String setting) {
        requireValid(setting);
        if (setting.equals("cpu")) {
            return List.of(Device.cpu());
        }
        int usable = accelerators.usableGpus();
        List<String> capabilities = usable == 0 ? List.of() : accelerators.cudaDevices();
        // With a library given by the user, the engine also counts devices for which the library has no kernels.
        List<Device> gpus = IntStream.range(0, usable)
                .filter(index -> index >= capabilities.size() || isSupported(capabilities.get(index)))
                .mapToObj(Device::gpu)
                .toList();
        if (setting.equals("auto")) {
            return gpus.isEmpty() ? List.of(Device.cpu()) : gpus;
        }
        if (gpus.isEmpty()) {
            throw new IllegalArgumentException("device is '" + setting + "', but no GPU can be used: " + whyNone());
        }
        Matcher gpu = GPU.matcher(setting);
        if (!gpu.matches() || gpu.group(1) == null) {
            return gpus;
        }
        Device requested = Device.gpu(Integer.parseInt(gpu.group(1)));
        if (!gpus.contains(requested)) {
            throw new IllegalArgumentException("device is '" + setting + "', but the usable GPUs are " + names(gpus));
        }
        return List.of(requested);
    }

    private static String names(List<Device> devices) {
        return devices.stream().map(DeviceSelector::name).collect(Collectors.joining(", "));
    }

    private static boolean isSupported(String capability) {
        double number = Double.parseDouble(capability);
        return number >= LEAST_CAPABILITY && number <= GREATEST_CAPABILITY;
    }

    /** Describes the selected devices and, if GPUs of the machine stay unused, the reason. */
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

    /** Returns the name of a device in logs and metrics: {@code cpu}, {@code gpu:0}. */
    static String name(Device device) {
        return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
    }

    /** The accelerators of the machine; an interface so that tests can simulate other machines. */
    interface Accelerators {
        int usableGpus();

        /** Returns whether the engine's native library was built with CUDA. */
        boolean libraryHasCuda();

        /** Returns the compute capability of each CUDA device of the machine, such as {@code 8.6}. */
        List<String> cudaDevices();

        /** Returns the accelerators of this machine, according to DJL. */
        static Accelerators ofThisMachine() {
            return new Accelerators() {
                @Override
                public int usableGpus() {
                    return libraryHasCuda() ? Engine.getEngine(MxNet.engine()).getGpuCount() : 0;
                }

                @Override
                public boolean libraryHasCuda() {
                    return Engine.getEngine(MxNet.engine()).hasCapability("CUDA");
                }

                @Override
                public List<String> cudaDevices() {
                    return IntStream.range(0, CudaUtils.getGpuCount())
                            .mapToObj(index -> {
                                String digits = CudaUtils.getComputeCapability(index);
                                int minor = digits.length() - 1;
                                return digits.substring(0, minor) + "." + digits.substring(minor);
                            })
                            .toList();
                }
            };
        }
    }
}
