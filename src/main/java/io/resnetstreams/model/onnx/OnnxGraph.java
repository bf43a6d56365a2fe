package io.resnetstreams.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Builds an ONNX graph (github.com/onnx/onnx, onnx.proto3). Tensors are identified by their names. */
final class OnnxGraph {
    /** Read by ONNX Runtime since 1.8; DequantizeLinear has had scales for each channel since operator set 13. */
    static final int OPERATOR_SET = 13;

    private static final int IR_VERSION = 7; // that of operator set 13

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Set<String> initializers = new HashSet<>();
    private final WeightsFile weights;

    /** @param weights takes the values of large tensors; null to keep them in the graph */
    OnnxGraph(WeightsFile weights) {
        this.weights = weights;
    }

    /** A type of a tensor's values. */
    enum Type {
        FLOAT(TensorProto.DataType.FLOAT, 4),
        FLOAT16(TensorProto.DataType.FLOAT16, 2),
        UINT8(TensorProto.DataType.UINT8, 1),
        INT8(TensorProto.DataType.INT8, 1),
        INT32(TensorProto.DataType.INT32, 4),
        INT64(TensorProto.DataType.INT64, 8);

        private final int number;
        private final int bytes;

        Type(TensorProto.DataType type, int bytes) {
            this.number = type.getNumber();
            this.bytes = bytes;
        }

        /** Returns the type's number in ONNX. */
        long number() {
            return number;
        }
    }

    /** Adds an input; an extent is a number, or a name for one that varies. */
    void input(String name, Type type, Object... extents) {
        graph.addInput(value(name, type, extents));
    }

    /** Adds an output; see {@link #input}. */
    void output(String name, Type type, Object... extents) {
        graph.addOutput(value(name, type, extents));
    }

    private static ValueInfoProto value(String name, Type type, Object... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object extent : extents) {
            if (extent instanceof String varying) {
                shape.addDimBuilder().setDimParam(varying);
            } else {
                shape.addDimBuilder().setDimValue((Integer) extent);
            }
        }
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.number);
        if (extents.length > 0) {
            tensor.setShape(shape);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /**
     * Adds a node with one output, whose name is the node's.
     *
     * @param attributes a value is a Long, an Integer, a Float, or an {@code int[]}
     * @return the name
     */
    String node(String operator, String name, Map<String, ?> attributes, String... inputs) {
        NodeProto.Builder node =
                NodeProto.newBuilder().setOpType(operator).setName(name).addOutput(name);
        node.addAllInput(List.of(inputs));
        // Sorted, so that a network always has the same file and digest.
        new TreeMap<>(attributes).forEach((key, value) -> node.addAttribute(attribute(key, value)));
        graph.addNode(node);
        return name;
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        if (value instanceof int[] numbers) {
            attribute.setType(AttributeProto.AttributeType.INTS);
            Arrays.stream(numbers).forEach(attribute::addInts);
        } else if (value instanceof Float number) {
            attribute.setType(AttributeProto.AttributeType.FLOAT).setF(number);
        } else {
            attribute.setType(AttributeProto.AttributeType.INT).setI(((Number) value).longValue());
        }
        return attribute.build();
    }

    boolean hasInitializer(String name) {
        return initializers.contains(name);
    }

    /** Adds values, row-major. */
    void floats(String name, int[] shape, float[] values) {
        ByteBuffer data = buffer(values.length, Type.FLOAT);
        data.asFloatBuffer().put(values);
        initializer(name, Type.FLOAT, shape, data);
    }

    /** Adds values rounded to half precision. */
    void halves(String name, int[] shape, float[] values) {
        ByteBuffer data = buffer(values.length, Type.FLOAT16);
        for (float value : values) {
            data.putShort(ai.djl.util.Float16Utils.floatToHalf(value));
        }
        initializer(name, Type.FLOAT16, shape, data.flip());
    }

    /** Adds values of one byte each. */
    void bytes(String name, Type type, int[] shape, byte... values) {
        initializer(name, type, shape, ByteBuffer.wrap(values));
    }

    void ints(String name, int[] shape, int... values) {
        ByteBuffer data = buffer(values.length, Type.INT32);
        data.asIntBuffer().put(values);
        initializer(name, Type.INT32, shape, data);
    }

    void longs(String name, long... values) {
        ByteBuffer data = buffer(values.length, Type.INT64);
        data.asLongBuffer().put(values);
        initializer(name, Type.INT64, new int[] {values.length}, data);
    }

    private static ByteBuffer buffer(int count, Type type) {
        return ByteBuffer.allocate(Math.multiplyExact(count, type.bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void initializer(String name, Type type, int[] shape, ByteBuffer data) {
        if (!initializers.add(name)) {
            throw new IllegalStateException("the graph has two tensors '" + name + "'");
        }
        TensorProto.Builder tensor = graph.addInitializerBuilder().setName(name).setDataType(type.number);
        Arrays.stream(shape).forEach(tensor::addDims);
        // Not copied: nobody else has the buffer.
        ByteString values = UnsafeByteOperations.unsafeWrap(data);
        if (weights == null) {
            tensor.setRawData(values);
        } else {
            weights.store(tensor, values);
        }
    }

    /** Returns the network; the builder must not be used afterwards. */
    OnnxModel build(String name) {
        return new OnnxModel(ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("resnet-streams")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATOR_SET))
                .setGraph(graph.setName(name))
                .build());
    }
}
