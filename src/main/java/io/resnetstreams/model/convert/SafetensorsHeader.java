package io.resnetstreams.model.convert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.convert.SafetensorsFile.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and checks the header of a safetensors file; see {@link SafetensorsFile}. */
final class SafetensorsHeader {
    private static final int MOST_TENSORS = 20_000; // ResNet-152 has 932
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(8)
                            .maxNumberLength(20)
                            .maxStringLength(10_000)
                            // A tensor has about 25.
                            .maxTokenCount(50L * MOST_TENSORS)
                            .build())
                    .build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SafetensorsHeader() {}

    /** Returns the tensors in the header's order; {@code dataLength} bytes follow the header. */
    static Map<String, Tensor> tensors(Path file, byte[] text, long dataLength) throws InvalidModelException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (JsonParser header = JSON.createParser(text)) {
            require(header.nextToken() == JsonToken.START_OBJECT, file + ": the header is not a JSON object");
            while (header.nextToken() == JsonToken.FIELD_NAME) {
                String name = header.currentName();
                header.nextToken();
                if (name.equals("__metadata__")) {
                    header.skipChildren();
                } else {
                    require(tensors.size() < MOST_TENSORS, file + ": has more than " + MOST_TENSORS + " tensors");
                    tensors.put(name, tensor(file, 8L + text.length, name, JSON.readTree(header)));
                }
            }
            require(header.nextToken() == null, file + ": the header is not valid: data follows its JSON object");
        } catch (IOException e) {
            String fault = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new InvalidModelException(file + ": the header is not valid: " + fault, e);
        }
        requireAdjoining(file, tensors, dataLength);
        return tensors;
    }

    private static Tensor tensor(Path file, long dataStart, String name, JsonNode node) throws InvalidModelException {
        String where = file + ": tensor '" + name + "' ";
        JsonNode type = node.path("dtype");
        JsonNode offsets = node.path("data_offsets");
        require(type.isTextual(), where + "has no dtype");
        require(
                offsets.size() == 2 && isOffset(offsets.get(0)) && isOffset(offsets.get(1)),
                where + "has data_offsets " + offsets + "; must be two numbers");
        Tensor tensor = new Tensor(
                file,
                dataStart,
                name,
                type.textValue(),
                shape(where, node.path("shape")),
                offsets.get(0).longValue(),
                offsets.get(1).longValue());
        try {
            long needed = Math.multiplyExact(tensor.size(), bytesOf(where, tensor.type()));
            require(
                    tensor.end() - tensor.begin() == needed,
                    where + "of type " + tensor.type() + " and shape " + tensor.shape() + " needs " + needed
                            + " bytes; data_offsets " + offsets + " hold " + (tensor.end() - tensor.begin()));
        } catch (ArithmeticException e) {
            throw new InvalidModelException(where + "has a shape that is too large: " + tensor.shape(), e);
        }
        return tensor;
    }

    private static List<Integer> shape(String where, JsonNode shape) throws InvalidModelException {
        require(shape.isArray() && shape.size() <= 8, where + "must have a shape of at most 8 dimensions");
        List<Integer> extents = new ArrayList<>();
        for (JsonNode extent : shape) {
            require(
                    extent.isInt() && extent.intValue() >= 0,
                    where + "has the extent " + extent + " in its shape; allowed are 0 to 2147483647");
            extents.add(extent.intValue());
        }
        return extents;
    }

    private static boolean isOffset(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0;
    }

    private static int bytesOf(String where, String type) throws InvalidModelException {
        return switch (type) {
            case "F64", "I64", "U64" -> 8;
            case "F32", "I32", "U32" -> 4;
            case "F16", "BF16", "I16", "U16" -> 2;
            case "I8", "U8", "BOOL" -> 1;
            default -> throw new InvalidModelException(where + "is of the unknown dtype '" + type + "'");
        };
    }

    private static void requireAdjoining(Path file, Map<String, Tensor> tensors, long dataLength)
            throws InvalidModelException {
        long end = 0;
        for (Tensor tensor : tensors.values().stream()
                .sorted(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end))
                .toList()) {
            require(
                    tensor.begin() == end,
                    file + ": tensor '" + tensor.name() + "' begins at " + tensor.begin()
                            + (tensor.begin() < end
                                    ? ", inside the tensor before it, which ends at "
                                    : "; there is a gap from ")
                            + end);
            end = tensor.end();
        }
        require(end == dataLength, file + ": the tensors end at " + end + " of " + dataLength + " bytes of data");
    }

    private static void require(boolean holds, String message) throws InvalidModelException {
        if (!holds) {
            throw new InvalidModelException(message);
        }
    }
}
