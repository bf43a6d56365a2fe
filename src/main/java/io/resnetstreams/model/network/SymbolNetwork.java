package io.resnetstreams.model.network;

import ai.djl.Device;
import ai.djl.mxnet.engine.MxNDManager;
import ai.djl.mxnet.engine.MxSymbolBlock;
import ai.djl.mxnet.engine.Symbol;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.resnetstreams.model.network.ParameterShape.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A network in the engine, on the CPU. Threading: one thread. Arrays are valid until {@link #close}. */
public final class SymbolNetwork implements AutoCloseable {
    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), MxNet.engine());
    private final ParameterStore store = new ParameterStore(manager, false);
    private final MxSymbolBlock block;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    /** Loads a network; {@code values} returns each parameter's values, row-major. */
    public SymbolNetwork(ResNetSymbol symbol, Function<ParameterShape, float[]> values) {
        this.block = new MxSymbolBlock(manager, Symbol.loadJson((MxNDManager) manager, symbol.json()));
        block.setInputNames(List.of(ResNetSymbol.INPUT));
        for (Parameter parameter : block.getAllParameters()) {
            ParameterShape shape = symbol.parameters().get(parameter.getName());
            if (shape != null) {
                long[] extents = Arrays.stream(shape.shape()).asLongStream().toArray();
                NDArray array = manager.create(values.apply(shape), new Shape(extents));
                parameter.setArray(array);
                parameter.freeze(shape.kind() != Kind.TRAINED);
                arrays.put(shape.name(), array);
            }
        }
    }

    /** Returns the owner of the network's arrays. */
    public NDManager manager() {
        return manager;
    }

    /** Returns the parameters' arrays by name. */
    public Map<String, NDArray> arrays() {
        return arrays;
    }

    /** Runs the network on images, N×H×W×3 of any type; {@code scope} owns the output. */
    public NDArray forward(NDArray images, boolean training, NDManager scope) {
        return heads(images, training, scope).singletonOrThrow();
    }

    /** Runs a network of several outputs; see {@link #forward}. */
    public NDList heads(NDArray images, boolean training, NDManager scope) {
        NDList outputs = block.forward(store, new NDList(images), training);
        outputs.attach(scope);
        return outputs;
    }

    /** Runs the network on a black image and returns the number of outputs. */
    public long outputs(int height, int width) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray image = scope.zeros(new Shape(1, height, width, 3), DataType.UINT8);
            NDArray output = forward(image, false, scope);
            output.toFloatArray();
            return output.getShape().size();
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
