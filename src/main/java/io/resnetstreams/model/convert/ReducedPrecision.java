package io.resnetstreams.model.convert;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolGraph;
import io.resnetstreams.model.network.SymbolNodes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Converts a network to a 16-bit floating-point type. Normalised pixels, and the weights and biases of convolutions and
 * dense layers, are cast; the operators between follow their type. Softmax stays in fp32, and parameters do on disk.
 */
final class ReducedPrecision {
    private static final Set<String> WEIGHTED = Set.of("Convolution", "FullyConnected");
    private static final Map<Precision, String> TYPES =
            Map.of(Precision.FP16, "float16", Precision.BF16, "bfloat16", Precision.FP32, "float32");

    private final SymbolNodes nodes;
    private final Precision precision;
    private final SymbolGraph graph = new SymbolGraph();
    /** Node numbers in the new graph by those in the old one. */
    private final Map<Integer, Integer> renumbered = new HashMap<>();

    private ReducedPrecision(SymbolNodes nodes, Precision precision) {
        this.nodes = nodes;
        this.precision = precision;
    }

    /** Returns the network, whose normalisations are folded so that none runs in 16 bits, in another precision. */
    static Network convert(Network network, Precision precision) throws InvalidModelException {
        ReducedPrecision pass =
                new ReducedPrecision(SymbolNodes.of(network.symbol().json()), precision);
        for (int node = 0; node < pass.nodes.size(); node++) {
            pass.add(node, network.symbol().parameters());
        }
        int last = pass.nodes.head();
        int head = pass.renumbered.get(last);
        if (!pass.nodes.operator(last).equals("softmax")) {
            head = pass.cast("output", head, Precision.FP32);
        }
        return new Network(new ResNetSymbol(pass.graph.toJson(head), pass.graph.parameters()), network.values());
    }

    private void add(int node, Map<String, ParameterShape> parameters) throws InvalidModelException {
        String name = nodes.name(node);
        if (nodes.operator(node).equals(SymbolNodes.VARIABLE)) {
            ParameterShape shape = parameters.get(name);
            renumbered.put(
                    node, shape == null ? graph.input(name) : graph.parameter(name, shape.kind(), shape.shape()));
            return;
        }
        Map<Integer, Integer> inputs = renumbered;
        boolean isSoftmax = nodes.operator(node).equals("softmax");
        if (isSoftmax || WEIGHTED.contains(nodes.operator(node))) {
            inputs = new HashMap<>(renumbered);
            for (int index = isSoftmax ? 0 : 1; index < nodes.inputs(node).size(); index++) {
                int input = nodes.input(node, index);
                int cast = cast(name + "." + index, renumbered.get(input), isSoftmax ? Precision.FP32 : precision);
                inputs.put(input, cast);
            }
        }
        int copy = graph.copy(nodes.node(node), inputs);
        renumbered.put(node, name.equals(ResNetSymbol.NORMALISED) ? cast(name, copy, precision) : copy);
    }

    private int cast(String name, int node, Precision to) {
        return graph.operator("amp_cast", name + "." + to, Map.of("dtype", TYPES.get(to)), node);
    }
}
