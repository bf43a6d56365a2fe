package io.resnetstreams.model.onnx;

import io.resnetstreams.model.onnx.OnnxGraph.Type;
import java.util.Map;

/** Networks for tests, of the mean of each plane, which is a row of three classes. They read uint8 N×S×S×3 unless stated. */
public final class SmallNetworks {
    private static final int PLANES = 3;

    private SmallNetworks() {}

    /** Returns a network whose rows add up to 1. */
    public static OnnxModel sound(int side) {
        OnnxGraph graph = new OnnxGraph(null);
        String means = means(graph, side);
        graph.output(graph.node("Softmax", "y", Map.of("axis", 1), means), Type.FLOAT, "N", PLANES);
        return graph.build("sound");
    }

    /** Returns a network that allocates these bytes for each image of a batch but the first. */
    public static OnnxModel greedy(int side, long bytes) {
        OnnxGraph graph = new OnnxGraph(null);
        String means = means(graph, side);
        graph.longs("one", 1);
        graph.longs("zero", 0);
        graph.longs("values", bytes / Float.BYTES);
        String shape = graph.node("Shape", "shape", Map.of(), means);
        String images = graph.node("Gather", "images", Map.of("axis", 0), shape, "zero");
        String others = graph.node("Sub", "others", Map.of(), images, "one");
        String values = graph.node("Mul", "count", Map.of(), others, "values");
        String zeros = graph.node("ConstantOfShape", "zeros", Map.of(), values);
        String sum = graph.node("ReduceSum", "sum", Map.of("keepdims", 0), zeros);
        String probabilities = graph.node("Softmax", "probabilities", Map.of("axis", 1), means);
        graph.output(graph.node("Add", "y", Map.of(), probabilities, sum), Type.FLOAT, "N", PLANES);
        return graph.build("greedy");
    }

    /** Returns a network with an input of float N×3×S×S that gives each image of a batch the almost equal logits of the first. */
    public static OnnxModel ofFirstImage(int side) {
        OnnxGraph graph = new OnnxGraph(null);
        graph.input("x", Type.FLOAT, "N", PLANES, side, side);
        String pooled = graph.node("GlobalAveragePool", "pooled", Map.of(), "x");
        String means = graph.node("Flatten", "means", Map.of("axis", 1), pooled);
        graph.longs("zero", 0);
        graph.floats("small", new int[] {1, PLANES}, new float[] {0.01f, 0.02f, -0.01f});
        String first = graph.node("Gather", "first", Map.of("axis", 0), means, "zero");
        String zeros = graph.node("Sub", "zeros", Map.of(), means, means);
        String same = graph.node("Add", "same", Map.of(), zeros, first);
        graph.output(graph.node("Mul", "y", Map.of(), same, "small"), Type.FLOAT, "N", PLANES);
        return graph.build("ofFirstImage");
    }

    private static String means(OnnxGraph graph, int side) {
        graph.input("x", Type.UINT8, "N", side, side, PLANES);
        String values = graph.node("Cast", "values-of-pixels", Map.of("to", Type.FLOAT.number()), "x");
        String planes = graph.node("Transpose", "planes", Map.of("perm", new int[] {0, 3, 1, 2}), values);
        String pooled = graph.node("GlobalAveragePool", "pooled", Map.of(), planes);
        return graph.node("Flatten", "means", Map.of("axis", 1), pooled);
    }
}
