package io.resnetstreams.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a network that was exported for one image read batches: a Reshape to a constant shape that starts with 1 copies the
 * first extent from its input instead. Whether the result is right shows when two images are classified.
 */
final class OnnxBatches {
    private static final int SHAPE = 1; // the second input of Reshape

    private OnnxBatches() {}

    /** Returns the nodes of a graph, with nodes for the new shapes before those that read them. */
    static List<NodeProto> varying(GraphProto graph) {
        Map<String, long[]> constants = new HashMap<>();
        graph.getInitializerList().forEach(tensor -> add(constants, tensor.getName(), tensor));
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("Constant") && node.getOutputCount() > 0) {
                node.getAttributeList().forEach(attribute -> add(constants, node.getOutput(0), attribute.getT()));
            }
        }
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            long[] shape = node.getOpType().equals("Reshape") && node.getInputCount() > SHAPE
                    ? constants.get(node.getInput(SHAPE))
                    : null;
            if (shape == null || shape.length == 0 || shape[0] != 1) {
                nodes.add(node);
                continue;
            }
            String name = OnnxWrapping.PREFIX + "shape." + nodes.size();
            long[] varying = shape.clone();
            varying[0] = 0;
            nodes.add(constant(name, varying));
            nodes.add(node.toBuilder().setInput(SHAPE, name).build());
        }
        return nodes;
    }

    private static void add(Map<String, long[]> constants, String name, TensorProto tensor) {
        if (tensor.getDataType() != TensorProto.DataType.INT64_VALUE || tensor.getDimsCount() != 1) {
            return;
        }
        LongBuffer raw = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        long[] values = new long[raw.remaining()];
        raw.get(values);
        constants.put(
                name,
                values.length > 0
                        ? values
                        : tensor.getInt64DataList().stream()
                                .mapToLong(Long::longValue)
                                .toArray());
    }

    private static NodeProto constant(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(values.length);
        Arrays.stream(values).forEach(tensor::addInt64Data);
        return NodeProto.newBuilder()
                .setOpType("Constant")
                .setName(name)
                .addOutput(name)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("value")
                        .setType(AttributeProto.AttributeType.TENSOR)
                        .setT(tensor))
                .build();
    }
}
