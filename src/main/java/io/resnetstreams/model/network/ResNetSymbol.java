package io.resnetstreams.model.network;

import io.resnetstreams.model.network.ParameterShape.Kind;
import io.resnetstreams.model.network.ResNetArchitecture.Block;
import io.resnetstreams.model.network.ResNetArchitecture.Shortcut;
import io.resnetstreams.model.network.ResNetArchitecture.Stem;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A network as an MXNet symbol. Its input {@code data} is uint8 N×H×W×3, which the graph normalises. Its output is
 * N×classes: probabilities for serving, logits for training. Parameters have torchvision's names.
 */
public record ResNetSymbol(String json, Map<String, ParameterShape> parameters) {
    /** The name of the input. */
    public static final String INPUT = "data";
    /** The name of the normalised input: float32 N×3×H×W. */
    public static final String NORMALISED = "input.normalised";

    private static final String INPUT_OFFSET = "input.offset";
    private static final String INPUT_SCALE = "input.scale";
    private static final Set<String> INPUT_CONSTANTS = Set.of(INPUT_OFFSET, INPUT_SCALE);

    private static final Map<String, String> BATCH_NORM =
            Map.of("eps", "1e-05", "momentum", "0.9", "fix_gamma", "False", "use_global_stats", "False");

    /** The kind of output. */
    public enum Output {
        LOGITS,
        PROBABILITIES
    }

    /** Builds the graph. */
    public static ResNetSymbol of(ResNetArchitecture architecture, int classes, Output output) {
        Builder builder = new Builder(architecture);
        int head = builder.network(classes);
        if (output == Output.PROBABILITIES) {
            head = builder.graph.operator("softmax", "probabilities", Map.of("axis", "1"), head);
        }
        return new ResNetSymbol(builder.graph.toJson(head), builder.graph.parameters());
    }

    /** Returns another graph of the same parameters. */
    public ResNetSymbol withGraph(String otherJson) {
        return new ResNetSymbol(otherJson, parameters);
    }

    /** Returns the number of values that training changes. */
    public long trainableParameters() {
        return parameters.values().stream()
                .filter(parameter -> parameter.kind() == Kind.TRAINED)
                // In a graph that was read from a file, constants are arguments too.
                .filter(parameter -> !INPUT_CONSTANTS.contains(parameter.name()))
                .mapToLong(ParameterShape::size)
                .sum();
    }

    /** Returns the values of a constant. */
    public static float[] constant(ParameterShape parameter, Normalisation normalisation) {
        return switch (parameter.name()) {
            case INPUT_OFFSET -> normalisation.offset();
            case INPUT_SCALE -> normalisation.scale();
            default -> selection(parameter);
        };
    }

    /** Copies every plane to the middle of the output planes; the others are zero. */
    private static float[] selection(ParameterShape parameter) {
        int out = parameter.shape()[0];
        int in = parameter.shape()[1];
        float[] values = new float[out * in];
        for (int plane = 0; plane < in; plane++) {
            values[((out - in) / 2 + plane) * in + plane] = 1;
        }
        return values;
    }

    /** Adds the input and the operators that normalise it, from uint8 N×H×W×3 to float32 N×3×H×W; returns the last one. */
    public static int normalise(SymbolGraph graph) {
        int x = graph.input(INPUT);
        x = graph.operator("Cast", "input.float", Map.of("dtype", "float32"), x);
        x = graph.operator("transpose", "input.planes", Map.of("axes", "(0,3,1,2)"), x);
        int offset = graph.parameter(INPUT_OFFSET, Kind.CONSTANT, 1, 3, 1, 1);
        x = graph.operator("broadcast_sub", "input.centred", Map.of(), x, offset);
        int scale = graph.parameter(INPUT_SCALE, Kind.CONSTANT, 1, 3, 1, 1);
        return graph.operator("broadcast_mul", NORMALISED, Map.of(), x, scale);
    }

    private static final class Builder {
        private final SymbolGraph graph = new SymbolGraph();
        private final ResNetArchitecture architecture;
        private int planes;

        Builder(ResNetArchitecture architecture) {
            this.architecture = architecture;
        }

        int network(int classes) {
            int x = stem(normalise(graph));
            for (int stage = 0; stage < architecture.stages().size(); stage++) {
                for (int block = 0; block < architecture.stages().get(stage); block++) {
                    int stride = block == 0 ? architecture.strideOf(stage) : 1;
                    int dilation = architecture.dilationOf(block == 0 ? stage - 1 : stage);
                    x = block("layer" + (stage + 1) + "." + block, x, architecture.planes() << stage, stride, dilation);
                }
            }
            x = graph.operator(
                    "Pooling", "avgpool", Map.of("global_pool", "True", "pool_type", "avg", "kernel", "(1,1)"), x);
            x = graph.operator("Flatten", "flatten", Map.of(), x);
            int weight = graph.parameter("fc.weight", classes, planes);
            int bias = graph.parameter("fc.bias", classes);
            return graph.operator(
                    "FullyConnected", "fc", Map.of("num_hidden", Integer.toString(classes)), x, weight, bias);
        }

        private int stem(int x) {
            planes = architecture.planes();
            Stem stem = architecture.stem();
            if (stem == Stem.DEEP) {
                // The names are timm's, in which conv1 is a sequence.
                x = convolution("conv1.0", x, 3, planes / 2, 3, 2, 1);
                x = relu("conv1.2", batchNorm("conv1.1", x, planes / 2));
                x = convolution("conv1.3", x, planes / 2, planes / 2, 3, 1, 1);
                x = relu("conv1.5", batchNorm("conv1.4", x, planes / 2));
                x = convolution("conv1.6", x, planes / 2, planes, 3, 1, 1);
            } else {
                boolean large = stem == Stem.LARGE;
                x = convolution("conv1", x, 3, planes, large ? 7 : 3, large ? 2 : 1, 1);
            }
            x = relu("relu", batchNorm("bn1", x, planes));
            Map<String, String> pooling =
                    Map.of("pool_type", "max", "kernel", "(3,3)", "stride", "(2,2)", "pad", "(1,1)");
            return stem == Stem.SMALL ? x : graph.operator("Pooling", "maxpool", pooling, x);
        }

        private int block(String name, int x, int blockPlanes, int stride, int dilation) {
            int in = planes;
            int out = blockPlanes * architecture.block().expansion();
            int residual = architecture.block() == Block.BASIC
                    ? basic(name, x, in, blockPlanes, stride)
                    : bottleneck(name, x, in, blockPlanes, stride, dilation);
            planes = out;
            if (architecture.shortcut() != Shortcut.NONE) {
                int shortcut = stride != 1 || in != out ? shortcut(name + ".downsample", x, in, out, stride) : x;
                residual = graph.operator("elemwise_add", name + ".add", Map.of(), residual, shortcut);
            }
            return relu(name + ".relu", residual);
        }

        private int shortcut(String name, int x, int in, int out, int stride) {
            if (architecture.shortcut() == Shortcut.PROJECTION) {
                return batchNorm(name + ".1", convolution(name + ".0", x, in, out, 1, stride, 1), out);
            }
            if (architecture.shortcut() == Shortcut.AVERAGE_PROJECTION) {
                x = stride == 1 ? x : halved(name + ".0", x);
                return batchNorm(name + ".2", convolution(name + ".1", x, in, out, 1, 1, 1), out);
            }
            // A convolution with constant weights. Pooling, slice and Concat could do the same, but their gradients
            // divide by zero inside MXNet 1.9.1 for some shapes.
            int select = graph.parameter(name + ".selection", Kind.CONSTANT, out, in, 1, 1);
            return weighted(name, x, select, out, 1, stride, 1, 1);
        }

        /** Averages 2×2 pixels; an odd last row or column is averaged alone, as with PyTorch's ceil_mode. */
        private int halved(String name, int x) {
            Map<String, String> pooling = Map.of(
                    "pool_type", "avg",
                    "kernel", "(2,2)",
                    "stride", "(2,2)",
                    "pad", "(0,0)",
                    "pooling_convention", "full",
                    "count_include_pad", "False");
            return graph.operator("Pooling", name, pooling, x);
        }

        private int basic(String name, int x, int in, int out, int stride) {
            x = convolution(name + ".conv1", x, in, out, 3, stride, 1);
            x = relu(name + ".relu1", batchNorm(name + ".bn1", x, out));
            x = convolution(name + ".conv2", x, out, out, 3, 1, 1);
            return batchNorm(name + ".bn2", x, out);
        }

        private int bottleneck(String name, int x, int in, int blockPlanes, int stride, int dilation) {
            int width = blockPlanes * architecture.widthPerGroup() / 64 * architecture.groups();
            int out = blockPlanes * Block.BOTTLENECK.expansion();
            boolean first = architecture.strideFirst();
            x = convolution(name + ".conv1", x, in, width, 1, first ? stride : 1, 1);
            x = relu(name + ".relu1", batchNorm(name + ".bn1", x, width));
            int weight = graph.parameter(name + ".conv2.weight", width, width / architecture.groups(), 3, 3);
            x = weighted(name + ".conv2", x, weight, width, 3, first ? 1 : stride, architecture.groups(), dilation);
            x = relu(name + ".relu2", batchNorm(name + ".bn2", x, width));
            x = convolution(name + ".conv3", x, width, out, 1, 1, 1);
            return batchNorm(name + ".bn3", x, out);
        }

        private int convolution(String name, int x, int in, int out, int kernel, int stride, int groups) {
            int weight = graph.parameter(name + ".weight", out, in / groups, kernel, kernel);
            return weighted(name, x, weight, out, kernel, stride, groups, 1);
        }

        private int weighted(
                String name, int x, int weight, int out, int kernel, int stride, int groups, int dilation) {
            Map<String, String> attributes = new HashMap<>(Map.of(
                    "num_filter", Integer.toString(out),
                    "kernel", square(kernel),
                    "stride", square(stride),
                    "pad", square(kernel / 2 * dilation),
                    "num_group", Integer.toString(groups),
                    "no_bias", "True"));
            if (dilation > 1) {
                attributes.put("dilate", square(dilation));
            }
            return graph.operator("Convolution", name, attributes, x, weight);
        }

        private int batchNorm(String name, int x, int channels) {
            int gamma = graph.parameter(name + ".weight", channels);
            int beta = graph.parameter(name + ".bias", channels);
            int mean = graph.parameter(name + ".running_mean", Kind.RUNNING, channels);
            int variance = graph.parameter(name + ".running_var", Kind.RUNNING, channels);
            return graph.operator("BatchNorm", name, BATCH_NORM, x, gamma, beta, mean, variance);
        }

        private int relu(String name, int x) {
            return graph.operator("Activation", name, Map.of("act_type", "relu"), x);
        }

        private static String square(int size) {
            return "(" + size + "," + size + ")";
        }
    }
}
