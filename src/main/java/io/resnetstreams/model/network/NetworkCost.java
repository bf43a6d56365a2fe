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
        return new Walk(SymbolNodes.of(symbol.json())).cost(size);
    }

    private static final class Walk {
        private final SymbolNodes nodes;
        private final Tensor[] tensors;
        private long multiplyAdds;

        Walk(SymbolNodes nodes) {
            this.nodes = nodes;
            this.tensors = new Tensor[nodes.size()];
        }

        NetworkCost cost(int size) {
            int[] lastUse = new int[nodes.size()];
            int[] place = new int[nodes.size()]; // the node whose memory holds a node's output
            for (int node = 0; node < nodes.size(); node++) {
                place[node] = worksInPlace(node) ? place[nodes.input(node, 0)] : node;
                tensors[node] = output(node, size);
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

        private boolean worksInPlace(int node) {
            return switch (nodes.operator(node)) {
                case "BatchNorm", "Activation", "elemwise_add", "broadcast_sub", "broadcast_mul", "Flatten" -> true;
                default -> false;
            };
        }

        /** Returns a node's output; null for parameters. */
        private Tensor output(int node, int size) {
            if (nodes.operator(node).equals(SymbolNodes.VARIABLE)) {
                return nodes.name(node).equals(ResNetSymbol.INPUT) ? new Tensor(3, size, size) : null;
            }
            JsonNode attributes = nodes.attributes(node);
            Tensor in = tensors[nodes.input(node, 0)];
            return switch (nodes.operator(node)) {
                case "Convolution" -> convolution(attributes, in);
                case "Pooling" -> attributes.has("global_pool")
                        ? new Tensor(in.channels(), 1, 1)
                        : strided(attributes, in, in.channels());
                case "FullyConnected" -> {
                    int outputs = attributes.get("num_hidden").asInt();
                    multiplyAdds += (long) outputs * in.channels();
                    yield new Tensor(outputs, 1, 1);
                }
                default -> in;
            };
        }

        private Tensor convolution(JsonNode attributes, Tensor in) {
            Tensor out = strided(attributes, in, attributes.get("num_filter").asInt());
            int kernel = first(attributes, "kernel");
            long perValue = (long) in.channels() / attributes.get("num_group").asInt() * kernel * kernel;
            multiplyAdds += perValue * out.channels() * out.height() * out.width();
            return out;
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
}
