package io.resnetstreams.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.onnx.OnnxGraph.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Wraps a classifier that reads normalised floating-point images, so that it reads uint8 N×H×W×3 as all networks here do,
 * and returns probabilities. The graph between stays as it is, except that the number of images varies.
 */
public final class OnnxWrapping {
    private static final int RANK_OF_IMAGES = 4;
    private static final int RANK_OF_CLASSES = 2;
    private static final int CHANNELS = 3;
    /** What the names of the added tensors start with. */
    static final String PREFIX = "resnet-streams.";

    private static final int OLDEST_IR = 4; // the first in which initializers need not be inputs

    /** The order of an image's dimensions. */
    public enum Layout {
        /** N×3×H×W. */
        NCHW,
        /** N×H×W×3. */
        NHWC
    }

    private final Path file;
    private final ModelProto model;
    private final ValueInfoProto input;
    private final ValueInfoProto output;

    private OnnxWrapping(Path file, ModelProto model) throws InvalidModelException {
        this.file = file;
        this.model = model;
        Set<String> constants = new HashSet<>();
        model.getGraph().getInitializerList().forEach(tensor -> constants.add(tensor.getName()));
        List<ValueInfoProto> inputs = new ArrayList<>(model.getGraph().getInputList());
        inputs.removeIf(value -> constants.contains(value.getName()));
        this.input = only("input", inputs, RANK_OF_IMAGES, "an image of rank 4");
        this.output = only("output", model.getGraph().getOutputList(), RANK_OF_CLASSES, "classes, of rank 2");
        int type = input.getType().getTensorType().getElemType();
        require(
                type == TensorProto.DataType.FLOAT_VALUE || type == TensorProto.DataType.FLOAT16_VALUE,
                "its input '" + input.getName() + "' has the type " + typeName(type)
                        + "; float and float16 can be imported");
        // A softmax of these would be probabilities of something else.
        require(
                !lastOperator().equals("Sigmoid"),
                "its output '" + output.getName()
                        + "' is a Sigmoid, so an image may have several classes; a classifier has one for each image");
    }

    private ValueInfoProto only(String what, List<ValueInfoProto> values, int rank, String wanted)
            throws InvalidModelException {
        List<String> names = values.stream().map(ValueInfoProto::getName).toList();
        require(
                values.size() == 1,
                "has " + values.size() + " " + what + "s (" + String.join(", ", names) + "); a classifier has one, "
                        + wanted);
        TypeProto.Tensor tensor = values.get(0).getType().getTensorType();
        // Without a shape it shows when the network runs. N×classes×1×1 is flattened.
        require(
                !tensor.hasShape() || tensor.getShape().getDimCount() == rank || isPooled(tensor.getShape()),
                "its " + what + " '" + names.get(0) + "' has rank "
                        + tensor.getShape().getDimCount() + "; a classifier's " + what + " has rank " + rank);
        return values.get(0);
    }

    private static boolean isPooled(TensorShapeProto shape) {
        return shape.getDimCount() == RANK_OF_IMAGES
                && shape.getDim(2).getDimValue() == 1
                && shape.getDim(3).getDimValue() == 1;
    }

    /** What a file says about the images that it reads; null or 0 where it says nothing. */
    public record Images(Layout layout, int height, int width) {}

    /** Returns what the shape of the input says. */
    public static Images images(Path file, OnnxModel network) throws InvalidModelException {
        return new OnnxWrapping(file, network.proto()).images();
    }

    private Images images() {
        TensorShapeProto shape = input.getType().getTensorType().getShape();
        if (shape.getDimCount() != RANK_OF_IMAGES) {
            return new Images(null, 0, 0);
        }
        int[] extents = new int[RANK_OF_IMAGES];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = (int)
                    Math.max(0, Math.min(Integer.MAX_VALUE, shape.getDim(i).getDimValue()));
        }
        boolean channelsFirst = extents[1] == CHANNELS;
        boolean channelsLast = extents[3] == CHANNELS;
        if (channelsFirst == channelsLast) {
            return new Images(null, channelsFirst ? 0 : extents[2], 0);
        }
        return channelsFirst
                ? new Images(Layout.NCHW, extents[2], extents[3])
                : new Images(Layout.NHWC, extents[1], extents[2]);
    }

    /**
     * Returns the wrapped network.
     *
     * @param layout of the network's own input
     * @throws InvalidModelException if it has other inputs or outputs than a classifier; the message names them
     */
    public static OnnxModel wrap(
            Path file, OnnxModel network, Layout layout, int height, int width, Normalisation normalisation)
            throws InvalidModelException {
        return new OnnxWrapping(file, network.proto()).wrap(layout, height, width, normalisation);
    }

    private OnnxModel wrap(Layout layout, int height, int width, Normalisation normalisation) {
        OnnxGraph before = new OnnxGraph(null);
        String pixels = PREFIX + ResNetSymbol.INPUT;
        before.input(pixels, Type.UINT8, "N", height, width, CHANNELS);
        boolean half = input.getType().getTensorType().getElemType() == TensorProto.DataType.FLOAT16_VALUE;
        String normalised = half ? PREFIX + "normalised" : input.getName();
        new PixelNormalisation(height, width, normalisation.offset(), normalisation.scale())
                .add(before, pixels, layout, normalised);
        if (half) {
            before.node("Cast", input.getName(), Map.of("to", Type.FLOAT16.number()), normalised);
        }
        OnnxGraph after = new OnnxGraph(null);
        String last = output.getName();
        boolean halfOutput = output.getType().getTensorType().getElemType() == TensorProto.DataType.FLOAT16_VALUE;
        if (halfOutput) {
            last = after.node("Cast", PREFIX + "output", Map.of("to", Type.FLOAT.number()), last);
        }
        if (isPooled(output.getType().getTensorType().getShape())) {
            last = after.node("Flatten", PREFIX + "classes", Map.of("axis", 1), last);
        }
        if (!lastOperator().equals("Softmax")) {
            last = after.node("Softmax", PREFIX + OnnxConversion.OUTPUT, Map.of("axis", 1), last);
        }
        after.output(last, Type.FLOAT, "N", "classes");
        return new OnnxModel(joined(
                before.build("").proto().getGraph(), after.build("").proto().getGraph()));
    }

    private ModelProto joined(GraphProto before, GraphProto after) {
        GraphProto own = model.getGraph();
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName(own.getName())
                .addAllInput(before.getInputList())
                .addAllInitializer(before.getInitializerList())
                .addAllInitializer(own.getInitializerList())
                .addAllSparseInitializer(own.getSparseInitializerList())
                .addAllNode(before.getNodeList())
                .addAllNode(OnnxBatches.varying(own))
                .addAllNode(after.getNodeList())
                .addAllQuantizationAnnotation(own.getQuantizationAnnotationList())
                .addAllOutput(after.getOutputList());
        // Declared shapes of tensors between may have a fixed number of images; ONNX Runtime finds them itself.
        ModelProto.Builder wrapped = model.toBuilder().setGraph(graph).clearTrainingInfo();
        return wrapped.setIrVersion(Math.max(OLDEST_IR, model.getIrVersion())).build();
    }

    /** Returns the type of the last operator that is no copy; an empty string if there is none. */
    private String lastOperator() {
        Map<String, NodeProto> producers = new HashMap<>();
        model.getGraph().getNodeList().forEach(node -> node.getOutputList().forEach(name -> producers.put(name, node)));
        NodeProto node = producers.get(output.getName());
        for (int step = 0; node != null && step < producers.size(); step++) {
            if (!Set.of("Identity", "Cast", "Flatten", "Reshape", "Squeeze").contains(node.getOpType())
                    || node.getInputCount() == 0) {
                return node.getOpType();
            }
            node = producers.get(node.getInput(0));
        }
        return "";
    }

    private static String typeName(int type) {
        TensorProto.DataType known = TensorProto.DataType.forNumber(type);
        return known == null ? Integer.toString(type) : known.name().toLowerCase(java.util.Locale.ROOT);
    }

    private void require(boolean holds, String fault) throws InvalidModelException {
        if (!holds) {
            throw new InvalidModelException(file + ": " + fault);
        }
    }
}
