package io.resnetstreams.model.network;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.convert.ModelImport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Writes state dicts as safetensors, in the forms in which they are published, and imports them. */
public final class StateDictFile {
    private StateDictFile() {}

    /** Returns a network's parameters in the order of a state dict. */
    public static Map<String, ParameterShape> parameters(String architecture, int classes) {
        return ResNetSymbol.of(ResNetArchitecture.of(architecture), classes, ResNetSymbol.Output.LOGITS)
                .parameters()
                .values()
                .stream()
                .filter(parameter -> parameter.kind() != ParameterShape.Kind.CONSTANT)
                .collect(Collectors.toMap(
                        ParameterShape::name, Function.identity(), (one, other) -> one, LinkedHashMap::new));
    }

    /**
     * Writes a file.
     *
     * @param tensors the tensors, by their original names, which {@code names} changes
     * @param type the type of all tensors: F64, F32, F16, BF16 or I32
     */
    public static void write(
            Path file,
            Map<String, ParameterShape> tensors,
            UnaryOperator<String> names,
            String type,
            Function<ParameterShape, float[]> values)
            throws IOException {
        Map<String, ParameterShape> named = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> named.put(names.apply(name), tensor));
        write(file, named, type, values, null);
    }

    /** Imports a checkpoint as a model {@code imported} for images of 32×32 with mean 0.5 and deviation 0.25. */
    public static List<String> load(Path checkpoint, String architecture, List<String> labels, Path out)
            throws InvalidModelException, IOException {
        return ModelImport.run(
                checkpoint,
                architecture,
                labels,
                found -> new ModelDescription(
                        1,
                        "imported",
                        found.name(),
                        32,
                        32,
                        0,
                        List.of(0.5, 0.5, 0.5),
                        List.of(0.25, 0.25, 0.25),
                        3,
                        Precision.FP32,
                        null,
                        null,
                        null,
                        Map.of()),
                out);
    }

    /** Writes a file with metadata, which may be null. */
    public static void write(
            Path file,
            Map<String, ParameterShape> tensors,
            String type,
            Function<ParameterShape, float[]> values,
            String metadata)
            throws IOException {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        if (metadata != null) {
            header.putObject("__metadata__").put("log", metadata);
        }
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Map.Entry<String, ParameterShape> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", type);
            Arrays.stream(tensor.getValue().shape()).forEach(entry.putArray("shape")::add);
            int begin = data.size();
            float[] given = values.apply(tensor.getValue());
            ByteBuffer bytes = ByteBuffer.allocate(8 * given.length).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : given) {
                switch (type) {
                    case "F64" -> bytes.putDouble(value);
                    case "BF16" -> bytes.putShort((short) (Float.floatToIntBits(value) >>> 16));
                    case "F16" -> bytes.putShort(half(value));
                    default -> bytes.putFloat(value);
                }
            }
            data.write(bytes.array(), 0, bytes.position());
            entry.putArray("data_offsets").add(begin).add(data.size());
        }
        byte[] text = JSON.writeValueAsBytes(header);
        ByteBuffer start = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(text.length).put(text);
        try (var out = Files.newOutputStream(file)) {
            out.write(start.array());
            data.writeTo(out);
        }
    }

    private static final com.fasterxml.jackson.databind.ObjectMapper JSON =
            new com.fasterxml.jackson.databind.ObjectMapper();

    /** Writes shards and their index, and returns the path of the index. */
    public static Path writeShards(
            Path folder,
            Collection<Map.Entry<String, ParameterShape>> tensors,
            int shards,
            Function<ParameterShape, float[]> values)
            throws IOException {
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.putObject("metadata").put("total_size", 0);
        ObjectNode places = index.putObject("weight_map");
        for (int shard = 1; shard <= shards; shard++) {
            String name = "model-%05d-of-%05d.safetensors".formatted(shard, shards);
            Map<String, ParameterShape> part = new LinkedHashMap<>();
            int number = 0;
            for (Map.Entry<String, ParameterShape> tensor : tensors) {
                if (number++ % shards == shard - 1) {
                    part.put(tensor.getKey(), tensor.getValue());
                    places.put(tensor.getKey(), name);
                }
            }
            write(folder.resolve(name), part, "F32", values, "pt");
        }
        return Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
    }

    /** Rounds to IEEE 754 binary16 toward zero; values that are too large become infinite, and very small ones zero. */
    private static short half(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int exponent = (bits >>> 23 & 0xFF) - 112;
        int rounded = exponent >= 31 ? 0x7C00 : exponent <= 0 ? 0 : exponent << 10 | bits >>> 13 & 0x3FF;
        return (short) (sign | rounded);
    }
}
