package io.resnetstreams.inference.engine;

import io.resnetstreams.model.network.EngineName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The devices of this machine, as each engine sees them. */
public final class EngineDevices {
    private EngineDevices() {}

    /** Returns the compute capabilities of the machine's GPUs, without loading an engine's library. */
    public static List<String> gpus() {
        return InferenceEngine.of(EngineName.ONNXRUNTIME).accelerators().cudaDevices();
    }

    /** Returns, for each engine, the devices that {@code auto} selects, or why there are none. Loads their libraries. */
    public static Map<EngineName, String> described() {
        Map<EngineName, String> devices = new LinkedHashMap<>();
        for (EngineName name : EngineName.values()) {
            InferenceEngine engine = InferenceEngine.of(name);
            try {
                engine.requireLibrary();
                DeviceSelector selector = new DeviceSelector(name.title(), engine.accelerators());
                devices.put(name, selector.describe(selector.select(DeviceSelector.AUTO)));
            } catch (IllegalStateException e) {
                devices.put(name, "none: " + e.getMessage());
            }
        }
        return devices;
    }
}
