package io.resnetstreams.model;

import ai.djl.Device;
import ai.djl.mxnet.engine.MxNDManager;
import ai.djl.mxnet.jna.JnaUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a model's parameters through the engine. */
public final class ParametersReader {
    private ParametersReader() {}

    /** Returns each parameter's values, row-major, by name. */
    public static Map<String, float[]> read(ModelDirectory model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), SymbolNetwork.ENGINE)) {
            for (NDArray array : JnaUtils.loadNdArray(
                    (MxNDManager) manager,
                    model.directory().resolve(ModelDirectory.parametersFile(model.name())),
                    Device.cpu())) {
                // As stored: arg:NAME or aux:NAME.
                values.put(array.getName().substring(array.getName().indexOf(':') + 1), array.toFloatArray());
            }
        }
        return values;
    }
}
