package io.resnetstreams.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads tensors in the safetensors format (huggingface/safetensors, README "Format"): a header of JSON that names each
 * tensor's type, shape and place, then the values, little endian. The file may come from anywhere, so the header is held
 * against the file before anything is read: places must lie in the file, fit their type and shape, and neither overlap
 * nor leave gaps.
 *
 * <p>Threading: one thread. Memory: one tensor at a time.
 */
final class SafetensorsFile implements AutoCloseable {
    /** Some 200 bytes a tensor; the format allows 100 MB, of which one object for each tensor would take a gigabyte. */
    private static final long LONGEST_HEADER = 8_000_000;

    /** ResNet-152 has 932. */
    private static final int MOST_TENSORS = 20_000;

    private static final String METADATA = "__metadata__";
    private static final int MOST_DIMENSIONS = 8;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(8)
                            .maxNumberLength(20)
                            .maxStringLength(1_000_000)
                            // About 25 for each tensor.
                            .maxTokenCount(50L * MOST_TENSORS)
                            .build())
                    .build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final FileChannel channel;
    private final long dataStart;
    private final Map<String, Tensor> tensors;

    /** A tensor's type, by the format's name, its shape, and where its bytes are, counted from the header's end. */
    record Tensor(String name, String type, List<Integer> shape, long begin, long end) {
        /** Returns how many values it has. */
        long size() {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }
    }

    private SafetensorsFile(Path file, FileChannel channel, long dataStart, Map<String, Tensor> tensors) {
        this.file = file;
        this.channel = channel;
        this.dataStart = dataStart;
        this.tensors = tensors;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws InvalidModelException if it is not what the format says; the message names file, tensor and fault
     */
    static SafetensorsFile open(Path file) throws InvalidModelException {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            long length = channel.size();
            long header = length < 8 ? -1 : read(channel, 0, 8).getLong();
            if (header < 2 || header > length - 8) {
                throw new InvalidModelException(
                        file + ": is not a safetensors file: " + length + " bytes can't hold a header of " + header);
            }
            if (header > LONGEST_HEADER) {
                throw new InvalidModelException(
                        file + ": has a header of " + header + " bytes; at most " + LONGEST_HEADER + " are read");
            }
            byte[] text = read(channel, 8, Math.toIntExact(header)).array();
            return new SafetensorsFile(file, channel, 8 + header, tensors(file, text, length - 8 - header));
        } catch (IOException | InvalidModelException e) {
            close(channel);
            if (e instanceof InvalidModelException invalid) {
                throw invalid;
            }
            throw new InvalidModelException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Tensor> tensors(Path file, byte[] text, long dataLength) throws InvalidModelException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try {
            JsonNode header = JSON.readTree(text);
            require(header.isObject(), file + ": the header is not a JSON object");
            require(
                    header.size() <= MOST_TENSORS,
                    file + ": has " + header.size() + " tensors; at most " + MOST_TENSORS + " are read");
            for (Map.Entry<String, JsonNode> field : header.properties()) {
                if (!field.getKey().equals(METADATA)) {
                    tensors.put(field.getKey(), tensor(file, field.getKey(), field.getValue()));
                }
            }
        } catch (JsonProcessingException e) {
            throw new InvalidModelException(file + ": the header is not valid: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InvalidModelException(file + ": the header is not valid: " + e.getMessage(), e);
        }
        requireAdjoining(file, tensors, dataLength);
        return tensors;
    }

    private static Tensor tensor(Path file, String name, JsonNode node) throws InvalidModelException {
        String where = file + ": tensor '" + name + "' ";
        JsonNode type = node.path("dtype");
        JsonNode offsets = node.path("data_offsets");
        require(type.isTextual(), where + "has no dtype");
        require(
                offsets.size() == 2 && isOffset(offsets.get(0)) && isOffset(offsets.get(1)),
                where + "has data_offsets " + offsets + "; two numbers are needed");
        Tensor tensor = new Tensor(
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
            throw new InvalidModelException(where + "has a shape beyond all bounds: " + tensor.shape(), e);
        }
        return tensor;
    }

    private static List<Integer> shape(String where, JsonNode shape) throws InvalidModelException {
        require(shape.isArray() && shape.size() <= MOST_DIMENSIONS, where + "has no shape of at most 8 dimensions");
        for (JsonNode extent : shape) {
            require(
                    extent.isInt() && extent.intValue() >= 0,
                    where + "has the extent " + extent + " in its shape; allowed are 0 to 2147483647");
        }
        return IntStream.range(0, shape.size())
                .mapToObj(dimension -> shape.get(dimension).intValue())
                .toList();
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
                                    ? ", within the one before it, which ends at "
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

    /** Returns all tensors by name, in the file's order. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    /**
     * Reads a tensor's values, row-major; half precision is widened, which is exact.
     *
     * @throws InvalidModelException if it is neither F32, F16 nor BF16
     */
    float[] read(Tensor tensor) throws InvalidModelException {
        try {
            float[] values = new float[Math.toIntExact(tensor.size())];
            ByteBuffer bytes =
                    read(channel, dataStart + tensor.begin(), Math.toIntExact(tensor.end() - tensor.begin()));
            switch (tensor.type()) {
                case "F32" -> bytes.asFloatBuffer().get(values);
                case "BF16" -> {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = Float.intBitsToFloat(bytes.getShort() << 16);
                    }
                }
                case "F16" -> {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = halfToFloat(bytes.getShort());
                    }
                }
                default -> throw new InvalidModelException(file + ": tensor '" + tensor.name() + "' is of type "
                        + tensor.type() + "; allowed are F32, F16 and BF16");
            }
            return values;
        } catch (ArithmeticException e) {
            throw new InvalidModelException(file + ": tensor '" + tensor.name() + "' is too large", e);
        } catch (IOException e) {
            throw new InvalidModelException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** IEEE 754 binary16; Java has this from version 20 on. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1F;
        int fraction = half & 0x3FF;
        if (exponent == 0) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
        }
        int widened = exponent == 0x1F ? 0xFF : exponent + 112;
        return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("it ended early; is it being written?");
            }
        }
        return buffer.flip();
    }

    private static void close(FileChannel channel) throws InvalidModelException {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new InvalidModelException("cannot close a file: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws InvalidModelException {
        close(channel);
    }
}
