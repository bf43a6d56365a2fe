package io.resnetstreams.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads ONNX files from other programs. Weights that are stored in other files of the same folder become part of the
 * network; what ONNX Runtime can't run without further libraries is refused.
 */
public final class OnnxFile {
    /** What the name of such a file ends with. */
    public static final String ENDING = ".onnx";

    private static final long MOST_BYTES = Integer.MAX_VALUE; // the limit of Protocol Buffers
    private static final int MOST_NODES = 100_000;
    private static final int OLDEST_OPERATOR_SET = 7; // the first with broadcasting as in NumPy
    /** The two names of the standard operators' domain. */
    private static final Set<String> STANDARD = Set.of("", "ai.onnx");

    private static final Set<String> LOOPS = Set.of("Loop", "Scan");

    private final Path file;

    private OnnxFile(Path file) {
        this.file = file;
    }

    /** @throws InvalidModelException if the file is malformed or can't be used; the message says why */
    public static OnnxModel read(Path file) throws InvalidModelException {
        try {
            return new OnnxFile(file).read();
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    private OnnxModel read() throws InvalidModelException, IOException {
        long size = Files.size(file);
        require(size <= MOST_BYTES, "has " + size + " bytes; at most " + MOST_BYTES + " are read");
        ForeignFile.refuseUnlessOnnx(file);
        ModelProto model = parsed();
        GraphProto graph = model.getGraph();
        require(model.hasGraph() && graph.getNodeCount() > 0, "is not an ONNX model: it has no nodes");
        require(
                graph.getNodeCount() <= MOST_NODES,
                "has " + graph.getNodeCount() + " nodes; at most " + MOST_NODES + " are read");
        requireStandardOperators(model);
        requireSafe(graph, false);
        GraphProto.Builder whole = graph.toBuilder();
        for (int index = 0; index < graph.getInitializerCount(); index++) {
            TensorProto tensor = graph.getInitializer(index);
            if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
                whole.setInitializer(index, inlined(tensor));
            }
        }
        return new OnnxModel(model.toBuilder().setGraph(whole).build());
    }

    private ModelProto parsed() throws IOException, InvalidModelException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            CodedInputStream coded = UnsafeByteOperations.unsafeWrap(mapped).newCodedInput();
            // The values of tensors stay in the mapping instead of the heap.
            coded.enableAliasing(true);
            return ModelProto.parseFrom(coded);
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidModelException(file + ": is not an ONNX model, or not complete: " + e.getMessage(), e);
        }
    }

    private void requireStandardOperators(ModelProto model) throws InvalidModelException {
        Set<String> foreign = new TreeSet<>();
        addForeign(model.getGraph(), foreign);
        require(
                foreign.isEmpty(),
                "uses operators that are not part of ONNX: " + String.join(", ", foreign)
                        + "; export the network with standard operators");
        long version = 0;
        for (OperatorSetIdProto set : model.getOpsetImportList()) {
            if (STANDARD.contains(set.getDomain())) {
                version = Math.max(version, set.getVersion());
            }
        }
        require(
                version >= OLDEST_OPERATOR_SET,
                "uses version " + version + " of ONNX's operators; " + OLDEST_OPERATOR_SET + " or newer is needed");
    }

    private static void addForeign(GraphProto graph, Set<String> foreign) {
        for (NodeProto node : graph.getNodeList()) {
            if (!STANDARD.contains(node.getDomain())) {
                foreign.add(node.getDomain() + "." + node.getOpType());
            }
            graphsOf(node).forEach(each -> addForeign(each, foreign));
        }
    }

    private static Stream<GraphProto> graphsOf(NodeProto node) {
        return node.getAttributeList().stream()
                .flatMap(attribute -> Stream.concat(Stream.of(attribute.getG()), attribute.getGraphsList().stream()));
    }

    /** Refuses loops, which may never end, and values in other files where they are not expected. */
    private void requireSafe(GraphProto graph, boolean isInner) throws InvalidModelException {
        for (NodeProto node : graph.getNodeList()) {
            require(
                    !LOOPS.contains(node.getOpType()),
                    "uses the operator " + node.getOpType() + "; networks with loops are not imported");
            for (AttributeProto attribute : node.getAttributeList()) {
                requireInside(attribute.getT());
                for (TensorProto tensor : attribute.getTensorsList()) {
                    requireInside(tensor);
                }
            }
            for (GraphProto inner : graphsOf(node).toList()) {
                requireSafe(inner, true);
            }
        }
        for (SparseTensorProto sparse : graph.getSparseInitializerList()) {
            requireInside(sparse.getValues());
            requireInside(sparse.getIndices());
        }
        if (isInner) {
            for (TensorProto tensor : graph.getInitializerList()) {
                requireInside(tensor);
            }
        }
    }

    private void requireInside(TensorProto tensor) throws InvalidModelException {
        require(
                tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL,
                "tensor '" + tensor.getName() + "' is stored in another file, which only initializers may be");
    }

    /** Returns a tensor with its values, which are in another file of the same folder. */
    private TensorProto inlined(TensorProto tensor) throws InvalidModelException, IOException {
        String name = "tensor '" + tensor.getName() + "'";
        Map<String, String> location = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            location.put(entry.getKey(), entry.getValue());
        }
        Path folder = file.toAbsolutePath().normalize().getParent();
        String other = location.getOrDefault("location", "");
        Path data = folder.resolve(other).normalize();
        require(
                !other.isEmpty() && folder.equals(data.getParent()),
                name + " is stored in '" + other + "', which is not in the folder of the model");
        require(Files.isRegularFile(data), name + " is stored in " + other + ", which is missing in the same folder");
        // A link may lead out of the folder.
        require(
                data.toRealPath().getParent().equals(folder.toRealPath()),
                name + " is stored in " + other + ", a link to another folder");
        long offset = number(name, location, "offset", 0);
        long fileSize = Files.size(data);
        long length = number(name, location, "length", fileSize - offset);
        require(
                offset <= fileSize && length <= fileSize - offset && length <= MOST_BYTES,
                name + " claims " + length + " bytes at " + offset + " of " + other + ", which has " + fileSize);
        byte[] values = new byte[(int) length];
        try (RandomAccessFile in = new RandomAccessFile(data.toFile(), "r")) {
            in.seek(offset);
            in.readFully(values);
        }
        return tensor.toBuilder()
                .clearExternalData()
                .clearDataLocation()
                .setRawData(UnsafeByteOperations.unsafeWrap(values))
                .build();
    }

    private long number(String name, Map<String, String> location, String key, long otherwise)
            throws InvalidModelException {
        String text = location.getOrDefault(key, Long.toString(otherwise));
        require(text.matches("\\d{1,18}"), name + " has the " + key + " '" + text + "'; it must be a number");
        return Long.parseLong(text);
    }

    private void require(boolean holds, String fault) throws InvalidModelException {
        if (!holds) {
            throw new InvalidModelException(file + ": " + fault);
        }
    }
}
