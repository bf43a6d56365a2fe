package io.resnetstreams.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.resnetstreams.model.onnx.OnnxGraph.Type;
import io.resnetstreams.model.onnx.OnnxWrapping.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The operators at the start of a network that normalise its pixels, from uint8 N×H×W×3 to float32.
 *
 * <p>They compute whole rows of 3·W values. Three values for each pixel make ONNX Runtime call its kernels once a pixel,
 * which took 8 % of a ResNet-50 in int8; and a transposition before them does not help, since ONNX Runtime moves it
 * behind them for networks in int8.
 *
 * @param offset what is subtracted from red, green and blue
 * @param scale what the differences are multiplied by
 */
record PixelNormalisation(int height, int width, float[] offset, float[] scale) {
    /** The name of the input of {@link #removedFrom}, as PyTorch's exporter names it in its examples. */
    private static final String FLOAT_INPUT = "input";

    private static final int CHANNELS = 3;
    private static final String PREFIX = OnnxWrapping.PREFIX;

    private static final String PIXELS = PREFIX + "pixels";

    /**
     * Adds the operators.
     *
     * @param input the name of the pixels
     * @param layout of the result
     * @param name of the result
     * @return the name of the result
     */
    String add(OnnxGraph graph, String input, Layout layout, String name) {
        // 0 keeps the number of images.
        graph.longs(PREFIX + "rows.shape", 0, height, (long) width * CHANNELS);
        graph.longs(PREFIX + "pixels.shape", 0, height, width, CHANNELS);
        int[] row = {width * CHANNELS};
        graph.floats(PREFIX + "offset", row, repeated(offset));
        graph.floats(PREFIX + "scale", row, repeated(scale));
        String x = graph.node("Reshape", PREFIX + "rows", Map.of(), input, PREFIX + "rows.shape");
        x = graph.node("Cast", PREFIX + "float", Map.of("to", Type.FLOAT.number()), x);
        x = graph.node("Sub", PREFIX + "centred", Map.of(), x, PREFIX + "offset");
        x = graph.node("Mul", PREFIX + "scaled", Map.of(), x, PREFIX + "scale");
        boolean isLast = layout == Layout.NHWC;
        x = graph.node("Reshape", isLast ? name : PIXELS, Map.of(), x, PREFIX + "pixels.shape");
        return isLast ? name : graph.node("Transpose", name, Map.of("perm", new int[] {0, 3, 1, 2}), x);
    }

    private float[] repeated(float[] channels) {
        float[] row = new float[width * CHANNELS];
        for (int i = 0; i < row.length; i++) {
            row[i] = channels[i % CHANNELS];
        }
        return row;
    }

    /** Returns the network without the operators; see {@link OnnxModel#withoutPixels}. */
    static OnnxModel removedFrom(OnnxModel network) {
        GraphProto graph = network.proto().getGraph();
        List<NodeProto> dropped = normalising(graph);
        String start = dropped.get(dropped.size() - 1).getOutput(0);
        boolean planes = dropped.stream().anyMatch(node -> node.getOpType().equals("Transpose"));
        GraphProto.Builder rest = graph.toBuilder().clearNode().clearInput().clearInitializer();
        rest.addInput(input(graph.getInput(0).getType().getTensorType().getShape(), planes));
        Set<String> read = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            if (!dropped.contains(node)) {
                NodeProto.Builder kept = node.toBuilder();
                for (int index = 0; index < node.getInputCount(); index++) {
                    if (node.getInput(index).equals(start)) {
                        kept.setInput(index, FLOAT_INPUT);
                    }
                }
                read.addAll(kept.getInputList());
                rest.addNode(kept);
            }
        }
        graph.getInitializerList().stream()
                .filter(tensor -> read.contains(tensor.getName()))
                .forEach(rest::addInitializer);
        return new OnnxModel(network.proto().toBuilder().setGraph(rest).build());
    }

    /** Returns the operators in order. Networks that were saved by older releases have no rows: Cast, Transpose, Sub, Mul. */
    private static List<NodeProto> normalising(GraphProto graph) {
        Map<String, NodeProto> readers = new HashMap<>();
        graph.getNodeList().forEach(node -> node.getInputList().forEach(name -> readers.put(name, node)));
        List<NodeProto> found = new ArrayList<>();
        NodeProto node = readers.get(graph.getInput(0).getName());
        boolean rows = isOf("Reshape", node);
        List<String> operators =
                rows ? List.of("Reshape", "Cast", "Sub", "Mul", "Reshape") : List.of("Cast", "Transpose", "Sub", "Mul");
        for (String operator : operators) {
            if (isOf(operator, node)) {
                found.add(node);
                node = readers.get(node.getOutput(0));
            } else if (!operator.equals("Transpose")) {
                throw new IllegalArgumentException("the network does not start with the normalisation of pixels");
            }
        }
        // Without the name, a transposition is the network's own.
        if (rows && isOf("Transpose", node) && node.getInput(0).equals(PIXELS)) {
            found.add(node);
        }
        return found;
    }

    private static boolean isOf(String operator, NodeProto node) {
        return node != null && node.getOpType().equals(operator);
    }

    private static ValueInfoProto.Builder input(TensorShapeProto pixels, boolean planes) {
        int[] order = planes ? new int[] {0, 3, 1, 2} : new int[] {0, 1, 2, 3};
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        Arrays.stream(order).forEach(dimension -> shape.addDim(pixels.getDim(dimension)));
        return ValueInfoProto.newBuilder()
                .setName(FLOAT_INPUT)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)));
    }
}
