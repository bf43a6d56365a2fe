package io.resnetstreams.model.network;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The cost of a network for one image, computed from its graph.
 *
 * @param multiplyAdds multiply-adds of convolutions and dense layers, as in torchvision's GFLOPs
 * @param peakActivationBytes peak memory of float32 tensors, without parameters, if each tensor is freed after its last
 *     use, and batch norm, activation and addition work in place, as in the fused graph
 */
public record NetworkCost(long multiplyAdds, long peakActivationBytes) {
    /** A tensor between two operators, for one image. */
    private record Tensor(int channels, int height, int width) {
        private long bytes() {
            return (long) channels * height * width * Float.BYTES;
        }
    }

    /** Counts the cost of a network for square images of an edge of {@code size} pixels. */
    public static NetworkCost of(ResNetArchitecture architecture, int classes, int size) {
        ResNetSymbol symbol = ResNetSymbol.of(architecture, classes, ResNetSymbol.Output.LOGITS);
        SymbolNodes nodes = SymbolNodes.of(symbol.json());
        Tensor[] tensors = new Tensor[nodes.size()]; // null for parameters
        int[] lastUse = new int[nodes.size()];
        int[] place = new int[nodes.size()]; // the node whose memory holds a node's output
        long multiplyAdds = 0;
        for (int node = 0; node < nodes.size(); node++) {
            place[node] = node;
            if (nodes.name(node).equals(ResNetSymbol.INPUT)) {
                tensors[node] = new Tensor(3, size, size);
            } else if (!nodes.operator(node).equals(SymbolNodes.VARIABLE)) {
                Tensor in = tensors[nodes.input(node, 0)];
                tensors[node] = output(nodes, node, in);
                multiplyAdds += multiplyAdds(nodes, node, in, tensors[node]);
                place[node] = worksInPlace(nodes.operator(node)) ? place[nodes.input(node, 0)] : node;
            }
            for (JsonNode input : nodes.inputs(node)) {
                lastUse[place[input.get(0).asInt()]] = node;
            }
        }
        long held = 0;
        long peak = 0;
        for (int node = 0; node < nodes.size(); node++) {
            if (tensors[node] != null && place[node] == node) {
                held += tensors[node].bytes();
                peak = Math.max(peak, held);
            }
            for (int earlier = 0; earlier < node; earlier++) {
                if (lastUse[earlier] == node && tensors[earlier] != null && place[earlier] == earlier) {
                    held -= tensors[earlier].bytes();
                }
            }
        }
        return new NetworkCost(multiplyAdds, peak);
    }

    private static boolean worksInPlace(String operator) {
        return switch (operator) {
            case "BatchNorm", "Activation", "elemwise_add", "broadcast_sub", "broadcast_mul", "Flatten" -> true;
            default -> false;
        };
    }

    private static Tensor output(SymbolNodes nodes, int node, Tensor in) {
        JsonNode attributes = nodes.attributes(node);
        return switch (nodes.operator(node)) {
            case "Convolution" -> strided(
                    attributes, in, attributes.get("num_filter").asInt());
            case "Pooling" -> attributes.has("global_pool")
                    ? new Tensor(in.channels(), 1, 1)
                    : strided(attributes, in, in.channels());
            case "FullyConnected" -> new Tensor(attributes.get("num_hidden").asInt(), 1, 1);
            default -> in;
        };
    }

    private static long multiplyAdds(SymbolNodes nodes, int node, Tensor in, Tensor out) {
        JsonNode attributes = nodes.attributes(node);
        long perValue =
                switch (nodes.operator(node)) {
                    case "Convolution" -> (long) in.channels()
                            / attributes.get("num_group").asInt()
                            * first(attributes, "kernel")
                            * first(attributes, "kernel");
                    case "FullyConnected" -> in.channels();
                    default -> 0;
                };
        return perValue * out.channels() * out.height() * out.width();
    }

    private static Tensor strided(JsonNode attributes, Tensor in, int channels) {
        int stride = first(attributes, "stride");
        int dilation = attributes.has("dilate") ? first(attributes, "dilate") : 1;
        int border = 2 * first(attributes, "pad") - dilation * (first(attributes, "kernel") - 1) - 1;
        // If pooling rounds up, the last window may extend beyond the planes.
        border += attributes.path("pooling_convention").asText().equals("full") ? stride - 1 : 0;
        return new Tensor(channels, (in.height() + border) / stride + 1, (in.width() + border) / stride + 1);
    }

    /** Returns the first number of a tuple such as {@code (3,3)}. */
    private static int first(JsonNode attributes, String name) {
        String tuple = attributes.get(name).asText();
        return Integer.parseInt(tuple.substring(1, tuple.indexOf(',')));
    }
}
