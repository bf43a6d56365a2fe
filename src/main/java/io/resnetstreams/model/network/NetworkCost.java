package io.resnetstreams.model.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What a network costs for one image, counted from its graph.
 *
 * @param multiplyAdds of convolutions and dense layers, as torchvision's GFLOPs count them
 * @param peakActivationBytes the most that must be held at once in float32 when each tensor is freed after its last use,
 *     and batch norm, activation and addition work in place, as the fused graph does; without parameters
 */
public record NetworkCost(long multiplyAdds, long peakActivationBytes) {
    private static final int FLOAT_BYTES = 4;

    /** A tensor between two operators, for one image. */
    private record Tensor(int channels, int height, int width) {
        private long bytes() {
            return (long) channels * height * width * FLOAT_BYTES;
        }
    }

    /** Counts a network of so many classes for square images. */
    public static NetworkCost of(ResNetArchitecture architecture, int classes, int size) {
        try {
            JsonNode nodes = new ObjectMapper()
                    .readTree(ResNetSymbol.of(architecture, classes, ResNetSymbol.Output.LOGITS)
                            .json())
                    .get("nodes");
            return new Walk(nodes, size).cost();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the graph is not JSON", e);
        }
    }

    /** Goes through the nodes in their order, which is the order of execution. */
    private static final class Walk {
        private final JsonNode nodes;
        private final Tensor[] tensors;
        private final int[] lastUse;
        /** The node whose memory a node's output lies in. */
        private final int[] place;

        private final int size;
        private long multiplyAdds;

        Walk(JsonNode nodes, int size) {
            this.nodes = nodes;
            this.size = size;
            this.tensors = new Tensor[nodes.size()];
            this.lastUse = new int[nodes.size()];
            this.place = new int[nodes.size()];
        }

        NetworkCost cost() {
            for (int node = 0; node < nodes.size(); node++) {
                place[node] = worksInPlace(node) ? place[input(node, 0)] : node;
                tensors[node] = output(node);
                for (JsonNode input : nodes.get(node).get("inputs")) {
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

        private int input(int node, int index) {
            return nodes.get(node).get("inputs").get(index).get(0).asInt();
        }

        private boolean worksInPlace(int node) {
            return switch (operator(node)) {
                case "BatchNorm", "Activation", "elemwise_add", "broadcast_sub", "broadcast_mul", "Flatten" -> true;
                default -> false;
            };
        }

        private String operator(int node) {
            return nodes.get(node).get("op").asText();
        }

        /** Returns what a node makes; null for parameters. */
        private Tensor output(int node) {
            JsonNode attributes = nodes.get(node).path("attrs");
            return switch (operator(node)) {
                case "null" -> nodes.get(node).get("name").asText().equals(ResNetSymbol.INPUT)
                        ? new Tensor(3, size, size)
                        : null;
                case "Convolution" -> convolution(attributes, tensors[input(node, 0)]);
                case "Pooling" -> attributes.has("global_pool")
                        ? new Tensor(tensors[input(node, 0)].channels(), 1, 1)
                        : strided(attributes, tensors[input(node, 0)], tensors[input(node, 0)].channels());
                case "FullyConnected" -> {
                    int outputs = attributes.get("num_hidden").asInt();
                    multiplyAdds += (long) outputs * tensors[input(node, 0)].channels();
                    yield new Tensor(outputs, 1, 1);
                }
                default -> tensors[input(node, 0)];
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
            // Where pooling rounds up, the last window may reach beyond the planes.
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
