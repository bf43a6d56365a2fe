package io.resnetstreams.model.convert;

import ai.djl.util.Float16Utils;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Reads tensors in the safetensors format (huggingface/safetensors, README "Format"): a JSON header with each tensor's
 * type, shape and offsets, then the values, little endian. The file is untrusted, so the header is checked before
 * values are read: offsets must lie in the file, match type and shape, and neither overlap nor leave gaps.
 */
final class SafetensorsFile {
    private static final long LONGEST_HEADER = 100_000_000; // the format's limit
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

    private SafetensorsFile() {}

    /** A tensor's file, its type in the format's name, its shape, and its offsets in bytes from the end of the header. */
    record Tensor(Path file, long dataStart, String name, String type, List<Integer> shape, long begin, long end) {
        long size() {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }

        /** Reads the values, row-major. Half precision is widened, which is exact; double precision is rounded. */
        float[] read() throws InvalidModelException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                float[] values = new float[Math.toIntExact(size())];
                ByteBuffer bytes = SafetensorsFile.read(channel, dataStart + begin, Math.toIntExact(end - begin));
                DoubleSupplier next =
                        switch (type) {
                            case "F64" -> bytes::getDouble;
                            case "F32" -> bytes::getFloat;
                            case "BF16" -> () -> Float.intBitsToFloat(bytes.getShort() << 16);
                            case "F16" -> () -> Float16Utils.halfToFloat(bytes.getShort());
                            default -> throw new InvalidModelException(file + ": tensor '" + name + "' is of type "
                                    + type + "; allowed are F64, F32, F16 and BF16");
                        };
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) next.getAsDouble();
                }
                return values;
            } catch (ArithmeticException e) {
                throw new InvalidModelException(file + ": tensor '" + name + "' is too large", e);
            } catch (IOException e) {
                throw InvalidModelException.unreadable(file, e);
            }
        }
    }

    /** Checks the header of a file, and returns all tensors by name, in the file's order. */
    static Map<String, Tensor> open(Path file) throws InvalidModelException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = channel.size();
            ByteBuffer start = read(channel, 0, (int) Math.min(length, 9));
            long header = length < 8 ? -1 : start.getLong();
            // Files of other kinds may start with a valid length.
            if (header < 2 || header > Math.min(length - 8, LONGEST_HEADER) || start.get() != '{') {
                ForeignFile.refuse(file, "a safetensors file");
            }
            require(
                    header >= 2 && header <= length - 8,
                    file + ": is not a safetensors file: " + length + " bytes can't hold a header of " + header
                            + "; check that the download is complete and is not a server's error message");
            require(
                    header <= LONGEST_HEADER,
                    file + ": has a header of " + header + " bytes; at most " + LONGEST_HEADER + " are read");
            byte[] text = read(channel, 8, Math.toIntExact(header)).array();
            return tensors(file, text, length - 8 - header);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    /** Returns the tensors in the header's order; {@code dataLength} bytes follow the header. */
    private static Map<String, Tensor> tensors(Path file, byte[] text, long dataLength) throws InvalidModelException {
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

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file ends early; it may still be being written");
            }
        }
        return buffer.flip();
    }
}
