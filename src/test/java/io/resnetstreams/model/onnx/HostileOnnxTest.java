package io.resnetstreams.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.onnx.OnnxGraph.Type;
import io.resnetstreams.model.onnx.OnnxWrapping.Layout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken files, and networks that can't be imported: each is refused in one line. */
class HostileOnnxTest {
    private static final int SIDE = 4;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("network.onnx");
    }

    /** A classifier of two classes: the mean of each plane and a dense layer. */
    private static ModelProto sound() {
        OnnxGraph graph = new OnnxGraph(null);
        graph.input("x", Type.FLOAT, "N", 3, SIDE, SIDE);
        String pooled = graph.node("GlobalAveragePool", "pooled", Map.of(), "x");
        String flat = graph.node("Flatten", "flat", Map.of("axis", 1), pooled);
        graph.floats("w", new int[] {2, 3}, new float[] {1, 2, 3, 3, 2, 1});
        graph.output(graph.node("Gemm", "y", Map.of("transB", 1), flat, "w"), Type.FLOAT, "N", 2);
        return graph.build("sound").proto();
    }

    private static Arguments bytes(String fault, byte... bytes) {
        return Arguments.of(fault, (Consumer<Path>) path -> write(path, bytes));
    }

    private static Arguments text(String fault, String text) {
        return bytes(fault, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Arguments changed(String fault, Consumer<ModelProto.Builder> change) {
        return Arguments.of(fault, (Consumer<Path>) path -> {
            ModelProto.Builder model = sound().toBuilder();
            change.accept(model);
            write(path, model.build().toByteArray());
        });
    }

    private static void write(Path path, byte... bytes) {
        try {
            Files.write(path, bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Arguments external(String fault, String... keysAndValues) {
        return changed(fault, model -> {
            TensorProto.Builder tensor =
                    model.getGraphBuilder().getInitializerBuilder(0).clearRawData();
            tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
            for (int i = 0; i < keysAndValues.length; i += 2) {
                tensor.addExternalData(StringStringEntryProto.newBuilder()
                        .setKey(keysAndValues[i])
                        .setValue(keysAndValues[i + 1]));
            }
        });
    }

    private static TensorProto stored(String name) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("/etc/passwd"))
                .build();
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new SplittableRandom(length).nextBytes(noise);
        return noise;
    }

    private static byte[] cut(int length) {
        return Arrays.copyOf(sound().toByteArray(), length);
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                bytes("is not an ONNX model but empty"),
                bytes("is not an ONNX model", (byte) 0),
                bytes("is not an ONNX model", noise(100)),
                bytes("is not an ONNX model", noise(10_000)),
                bytes("is not an ONNX model, or not complete", cut(40)),
                bytes("is not an ONNX model, or not complete", cut(sound().getSerializedSize() - 3)),
                text("is not an ONNX model but a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\n"),
                text("is not an ONNX model but compressed with gzip", "\u001f\u008b\b\0\0\0\0\0\0\0"),
                text("is not an ONNX model but a picture (PNG)", "\u0089PNG\r\n\u001a\n"),
                text("is not an ONNX model, or not complete", "{\"nodes\": []}"),
                text("is not an ONNX model", "<!DOCTYPE html><html></html>"),
                changed("is not an ONNX model: it has no nodes", ModelProto.Builder::clearGraph),
                changed("is not an ONNX model: it has no nodes", model -> model.getGraphBuilder()
                        .clearNode()),
                changed("has 100003 nodes; at most 100000 are read", model -> {
                    NodeProto node = NodeProto.newBuilder().setOpType("Relu").build();
                    for (int i = 0; i < 100_000; i++) {
                        model.getGraphBuilder().addNode(node);
                    }
                }),
                changed("uses version 0 of ONNX's operators", ModelProto.Builder::clearOpsetImport),
                changed(
                        "uses version 6 of ONNX's operators; 7 or newer is needed",
                        model -> model.setOpsetImport(
                                0, OperatorSetIdProto.newBuilder().setVersion(6))),
                changed(
                        "uses operators that are not part of ONNX: com.microsoft.FusedConv",
                        model -> model.getGraphBuilder()
                                .addNode(NodeProto.newBuilder()
                                        .setDomain("com.microsoft")
                                        .setOpType("FusedConv"))),
                changed("uses operators that are not part of ONNX: evil.Run", model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("If")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setG(GraphProto.newBuilder()
                                                .addNode(NodeProto.newBuilder()
                                                        .setDomain("evil")
                                                        .setOpType("Run")))))),
                changed("uses the operator Loop; networks with loops are not imported", model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder().setOpType("Loop"))),
                changed("uses the operator Scan", model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("If")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setG(GraphProto.newBuilder()
                                                .addNode(NodeProto.newBuilder().setOpType("Scan")))))),
                changed("tensor 'c' is stored in another file", model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("Constant")
                                .addAttribute(AttributeProto.newBuilder().setT(stored("c"))))),
                changed("tensor 'inner' is stored in another file", model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("If")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setG(GraphProto.newBuilder().addInitializer(stored("inner")))))),
                changed("tensor 's' is stored in another file", model -> model.getGraphBuilder()
                        .addSparseInitializer(SparseTensorProto.newBuilder().setValues(stored("s")))),
                external("tensor 'w' is stored in '', which is not in the folder of the model"),
                external("tensor 'w' is stored in w.data, which is missing", "location", "w.data"),
                external("tensor 'w' is stored in '../w.data', which is not in the folder", "location", "../w.data"),
                external("tensor 'w' is stored in '/etc/passwd', which is not", "location", "/etc/passwd"),
                external("tensor 'w' is stored in 'a/../../w', which is not", "location", "a/../../w"),
                external("tensor 'w' is stored in 'sub/w', which is not", "location", "sub/w"),
                external("tensor 'w' is stored in link.data, a link to another folder", "location", "link.data"),
                external(
                        "tensor 'w' claims 24 bytes at 100 of real.data, which has 24",
                        "location",
                        "real.data",
                        "offset",
                        "100",
                        "length",
                        "24"),
                external(
                        "tensor 'w' claims 999999999999 bytes at 0 of real.data, which has 24",
                        "location",
                        "real.data",
                        "length",
                        "999999999999"),
                external("tensor 'w' has the offset '-1'", "location", "real.data", "offset", "-1"),
                external("tensor 'w' has the length 'x'", "location", "real.data", "length", "x"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void aFileThatCanNotBeReadIsRefusedInOneLine(String fault, Consumer<Path> writing) throws Exception {
        writing.accept(file);
        Files.write(folder.resolve("real.data"), new byte[24]);
        Files.createSymbolicLink(folder.resolve("link.data"), Path.of("/etc/hostname"));
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> OnnxFile.read(file))
                .withMessageStartingWith(file + ": " + fault)
                .satisfies(refused -> assertThat(refused.getMessage().lines()).hasSize(1));
    }

    static Stream<Arguments> noClassifiers() {
        return Stream.of(
                changed("has 2 inputs (x, z); a classifier has one", model -> model.getGraphBuilder()
                        .addInput(model.getGraph().getInput(0).toBuilder().setName("z"))),
                changed("has 0 inputs ()", model -> model.getGraphBuilder().clearInput()),
                changed("has 2 outputs (y, pooled)", model -> model.getGraphBuilder()
                        .addOutput(model.getGraph().getOutput(0).toBuilder().setName("pooled"))),
                changed("its output 's' is a Sigmoid", model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("Sigmoid")
                                .addInput("y")
                                .addOutput("s"))
                        .getOutputBuilder(0)
                        .setName("s")),
                changed("its input 'x' has rank 3; a classifier's input has rank 4", model -> model.getGraphBuilder()
                        .getInputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .getShapeBuilder()
                        .removeDim(0)),
                changed("its output 'y' has rank 3; a classifier's output has rank 2", model -> model.getGraphBuilder()
                        .getOutputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .getShapeBuilder()
                        .addDimBuilder()),
                changed("its input 'x' has the type int64; float and float16", model -> model.getGraphBuilder()
                        .getInputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .setElemType(TensorProto.DataType.INT64_VALUE)),
                changed("its input 'x' has the type 99", model -> model.getGraphBuilder()
                        .getInputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .setElemType(99)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noClassifiers")
    void aNetworkThatIsNoClassifierIsRefused(String fault, Consumer<Path> writing) throws Exception {
        writing.accept(file);
        OnnxModel network = OnnxFile.read(file);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> OnnxWrapping.wrap(
                        file,
                        network,
                        Layout.NCHW,
                        SIDE,
                        SIDE,
                        new Normalisation(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0))))
                .withMessageStartingWith(file + ": " + fault);
    }

    @Test
    void weightsInAnotherFileBecomePartOfTheNetwork() throws Exception {
        byte[] values = sound().getGraph().getInitializer(0).getRawData().toByteArray();
        byte[] padded = new byte[8 + values.length];
        System.arraycopy(values, 0, padded, 8, values.length);
        Files.write(folder.resolve("network.onnx.data"), padded);
        ModelProto.Builder model = sound().toBuilder();
        model.getGraphBuilder()
                .getInitializerBuilder(0)
                .clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("network.onnx.data"))
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("offset").setValue("8"));
        write(file, model.build().toByteArray());
        assertThat(OnnxFile.read(file).proto()).isEqualTo(sound());
    }
}
