package io.resnetstreams.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import io.resnetstreams.model.network.Precision;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** A network in ONNX. */
public record OnnxModel(ModelProto proto) {
    private static final Set<String> QUANTIZED =
            Set.of("DequantizeLinear", "QLinearConv", "ConvInteger", "MatMulInteger");
    private static final Set<Integer> FLOATING =
            Set.of(TensorProto.DataType.FLOAT_VALUE, TensorProto.DataType.FLOAT16_VALUE);
    private static final int BUFFER_BYTES = 1 << 16;

    /** Returns the number of floating-point values in the network, except those that normalise its input. */
    public long weights() {
        return proto.getGraph().getInitializerList().stream()
                .filter(tensor -> !tensor.getName().startsWith(OnnxWrapping.PREFIX))
                .filter(tensor -> FLOATING.contains(tensor.getDataType()))
                .mapToLong(tensor ->
                        tensor.getDimsList().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b))
                .sum();
    }

    /** Returns the precision that most of the network computes in: int8 if it has quantized tensors. */
    public Precision precision() {
        GraphProto graph = proto.getGraph();
        if (graph.getNodeList().stream().anyMatch(node -> QUANTIZED.contains(node.getOpType()))) {
            return Precision.INT8;
        }
        boolean hasHalves = graph.getInitializerList().stream()
                .anyMatch(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT16_VALUE);
        return hasHalves ? Precision.FP16 : Precision.FP32;
    }

    /** Returns whether the network takes batches of any size. */
    public boolean hasVaryingBatches() {
        return shape().getDim(0).hasDimParam();
    }

    /** Returns the name and the shape of the input with a batch of this size, such as {@code data:8x224x224x3}. */
    public String inputShape(int batch) {
        StringBuilder text = new StringBuilder(proto.getGraph().getInput(0).getName() + ":" + batch);
        shape().getDimList().stream().skip(1).forEach(extent -> text.append('x').append(extent.getDimValue()));
        return text.toString();
    }

    private TensorShapeProto shape() {
        return proto.getGraph().getInput(0).getType().getTensorType().getShape();
    }

    /** Returns the network with an input of float32 N×H×W×3, for pixels with fractions. */
    public OnnxModel withFloatPixels() {
        ModelProto.Builder changed = proto.toBuilder();
        changed.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE);
        return new OnnxModel(changed.build());
    }

    /**
     * Returns the network without the operators that normalise pixels. Its input is then float32, normalised and in the layout
     * of the network behind them: N×3×H×W for all but some imported ones.
     *
     * @throws IllegalArgumentException if the network does not start with these operators
     */
    public OnnxModel withoutPixels() {
        return PixelNormalisation.removedFrom(this);
    }

    /** Writes the network to a file. */
    public void write(Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
            proto.writeTo(out);
        }
    }

    /** Writes the network for {@link OnnxRuntime#load}, with large tensors in a file of their own. */
    public void writeForLoading(Path folder) throws IOException {
        ModelProto.Builder split = proto.toBuilder();
        try (WeightsFile weights = new WeightsFile(folder)) {
            for (TensorProto.Builder tensor : split.getGraphBuilder().getInitializerBuilderList()) {
                if (tensor.hasRawData()) {
                    weights.store(tensor, tensor.getRawData());
                }
            }
        }
        new OnnxModel(split.build()).write(folder.resolve(OnnxRuntime.FILE));
    }
}
