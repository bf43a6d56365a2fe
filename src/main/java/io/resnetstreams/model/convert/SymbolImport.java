package io.resnetstreams.model.convert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.BoundedFile;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.network.MxNet;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ParameterShape.Kind;
import io.resnetstreams.model.network.ParametersFile;
import io.resnetstreams.model.network.ParametersFile.Content;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolGraph;
import io.resnetstreams.model.network.SymbolNetwork;
import io.resnetstreams.model.network.SymbolNodes;
import io.resnetstreams.model.network.SymbolPasses;
import io.resnetstreams.model.onnx.OnnxConversion;
import io.resnetstreams.model.onnx.OnnxSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Imports an MXNet network into a model directory: {@code NAME-symbol.json} and {@code NAME-0000.params}, as in DJL's MXNet
 * model zoo and in Gluon's exports. Operators that convert uint8 N×H×W×3 are inserted before its input {@code data}
 * (normalised float32 N×3×H×W), and a softmax is appended unless there is one. The rest of the graph stays as it is.
 */
public final class SymbolImport {
    /** What the name of a symbol file ends with. */
    public static final String SYMBOL_ENDING = "-symbol.json";

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxTokenCount(4_000_000).build())
            .build());
    private static final int MOST_NODES = 100_000; // ResNet-152 has about 1,500

    /** Before MXNet 0.9, graphs had no version and no nodes for running statistics. */
    private static final int VERSION_WITH_STATES = 900;

    private static final String TRAINING_HEAD = "SoftmaxOutput";

    private SymbolImport() {}

    /**
     * Writes a model directory.
     *
     * @param symbolFile its name ends with {@code -symbol.json}; the parameters are in the same folder
     * @throws InvalidModelException if a file is missing or malformed, or the numbers of outputs and labels differ
     */
    public static void run(Path symbolFile, List<String> labels, ModelDescription description, Path directory)
            throws InvalidModelException, IOException {
        Content stored = parameters(symbolFile);
        SymbolGraph graph = new SymbolGraph();
        int head;
        try {
            head = rebuild(symbolFile, graph, stored);
        } catch (NullPointerException | IndexOutOfBoundsException | ClassCastException e) {
            throw new InvalidModelException(symbolFile + ": is not a valid MXNet symbol: " + e, e);
        }
        ResNetSymbol symbol = new ResNetSymbol(graph.toJson(head), graph.parameters());
        Normalisation normalisation = description.normalisation();
        Function<ParameterShape, float[]> values = parameter -> parameter.kind() == Kind.CONSTANT
                ? ResNetSymbol.constant(parameter, normalisation)
                : stored.values().get(parameter.name());
        long outputs;
        try {
            outputs = outputs(symbol, values, description.inputHeight(), description.inputWidth());
        } catch (RuntimeException e) {
            throw new InvalidModelException(symbolFile + ": can't be run: " + e.getMessage(), e);
        }
        WeightsCheck.requireClasses(symbolFile, outputs);
        WeightsCheck.requireLabels(symbolFile, outputs, labels.size());
        ModelWriter.write(directory, description, labels, symbol, values);
    }

    /** Runs the network on a black image and returns the number of outputs. */
    private static long outputs(ResNetSymbol symbol, Function<ParameterShape, float[]> values, int height, int width)
            throws IOException {
        if (MxNet.hasLibrary()) {
            try (SymbolNetwork network = new SymbolNetwork(symbol, values)) {
                return network.outputs(height, width);
            }
        }
        Map<String, float[]> all = new HashMap<>();
        symbol.parameters().values().forEach(parameter -> all.put(parameter.name(), values.apply(parameter)));
        try (OnnxSession session = OnnxSession.load(OnnxConversion.convert(new Network(symbol, all), height, width))) {
            ByteBuffer image = ByteBuffer.allocateDirect(height * width * 3);
            return session.run(image, true, 1, height, width, 3).get(0).values().length;
        }
    }

    private static Content parameters(Path symbolFile) throws InvalidModelException, IOException {
        String name = symbolFile.getFileName().toString();
        String prefix = name.substring(0, name.length() - SYMBOL_ENDING.length());
        try (Stream<Path> files = Files.list(symbolFile.toAbsolutePath().getParent())) {
            List<Path> own = files.filter(other ->
                            other.getFileName().toString().matches("\\Q" + prefix + "\\E-\\d{4}\\.params(\\..*)?"))
                    .sorted()
                    .toList();
            Path file = own.stream()
                    .filter(other -> other.toString().endsWith(".params"))
                    .reduce((earlier, later) -> later)
                    .orElseThrow(() -> new InvalidModelException(symbolFile + ": " + prefix
                            + "-0000.params is missing in the same folder"
                            + (own.isEmpty() ? "" : "; " + own.get(0).getFileName() + " must be unpacked first")));
            ParametersFile.requireFormat(file);
            Content stored = ParametersFile.read(file);
            for (ParameterShape shape : stored.shapes().values()) {
                List<Integer> extents = Arrays.stream(shape.shape()).boxed().toList();
                WeightsCheck.require(
                        file, shape.name(), extents, stored.values().get(shape.name()));
            }
            return stored;
        } catch (RuntimeException e) {
            throw new InvalidModelException("the parameters of " + symbolFile + " can't be read: " + e.getMessage(), e);
        }
    }

    /** Copies the graph after the operators of the input, and returns its head. */
    private static int rebuild(Path symbolFile, SymbolGraph graph, Content stored)
            throws InvalidModelException, IOException {
        SymbolNodes source = new SymbolNodes((ObjectNode) read(symbolFile));
        Map<Integer, Integer> renumbered = new HashMap<>();
        for (int node = 0; node < source.size(); node++) {
            String name = source.name(node);
            String operator = source.operator(node);
            if (name.equals(ResNetSymbol.INPUT)) {
                renumbered.put(node, ResNetSymbol.normalise(graph));
            } else if (stored.shapes().containsKey(name) && operator.equals(SymbolNodes.VARIABLE)) {
                ParameterShape shape = stored.shapes().get(name);
                renumbered.put(node, graph.parameter(name, shape.kind(), shape.shape()));
            } else if (operator.equals(TRAINING_HEAD)) {
                int logits = renumbered.get(source.input(node, 0));
                renumbered.put(node, graph.operator("softmax", name, Map.of("axis", "1"), logits));
            } else if (!operator.equals(SymbolNodes.VARIABLE)) {
                // Other variables are labels, which only a training head reads; a missing one fails the copy.
                renumbered.put(node, graph.copy(source.node(node), renumbered));
            }
        }
        int head = renumbered.get(source.head());
        boolean hasSoftmax = source.operator(source.head()).matches("softmax|" + TRAINING_HEAD);
        return hasSoftmax ? head : graph.operator("softmax", "probabilities", Map.of("axis", "1"), head);
    }

    private static JsonNode read(Path file) throws InvalidModelException, IOException {
        try {
            byte[] bytes = BoundedFile.bytes(file, ModelDirectory.MOST_SYMBOL_BYTES);
            ForeignFile.refuse(file, bytes, "an MXNet symbol");
            JsonNode graph = JSON.readTree(bytes);
            int nodeCount = graph.path("nodes").size();
            if (nodeCount > MOST_NODES) {
                throw new InvalidModelException(
                        file + ": has " + nodeCount + " nodes; at most " + MOST_NODES + " are read");
            }
            if (!graph.path("nodes").isArray() || graph.path("heads").size() != 1) {
                throw new InvalidModelException(file + ": is not an MXNet symbol with one output");
            }
            if (!graph.get("nodes").findValuesAsText("name").contains(ResNetSymbol.INPUT)) {
                throw new InvalidModelException(file + ": has no input named " + ResNetSymbol.INPUT);
            }
            boolean isOld = graph.at("/attrs/mxnet_version/1").asInt() < VERSION_WITH_STATES;
            return isOld ? upgraded(file, graph) : graph;
        } catch (JsonProcessingException e) {
            throw new InvalidModelException(file + ": is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    /** Upgrades an old graph with the engine (src/nnvm/legacy_json_util.cc). */
    private static JsonNode upgraded(Path file, JsonNode graph) throws InvalidModelException, IOException {
        try {
            MxNet.requireLibrary();
            return JSON.readTree(SymbolPasses.upgrade(graph.toString()));
        } catch (RuntimeException e) {
            throw new InvalidModelException(
                    file + ": was written by an old version of MXNet and can't be upgraded: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }
}
