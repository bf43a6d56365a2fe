package io.resnetstreams.model.convert;

import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Reads tensors in the safetensors format (huggingface/safetensors, README "Format"): a header of JSON that names each
 * tensor's type, shape and place, then the values, little endian. The file may come from anywhere, so the header is held
 * against the file before anything is read: places must lie in the file, fit their type and shape, and neither overlap
 * nor leave gaps.
 *
 * <p>Threading: one thread. Memory: one tensor at a time.
 */
final class SafetensorsFile implements AutoCloseable {
    /** As the format allows; what it may hold is bounded by {@link SafetensorsHeader}. */
    private static final long LONGEST_HEADER = 100_000_000;

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
            ByteBuffer start = read(channel, 0, (int) Math.min(length, 9));
            long header = length < 8 ? -1 : start.getLong();
            // The same length may begin a file of another kind.
            if (header < 2 || header > Math.min(length - 8, LONGEST_HEADER) || start.get() != '{') {
                ForeignFile.refuse(file, "a safetensors file");
            }
            if (header < 2 || header > length - 8) {
                throw new InvalidModelException(file + ": is not a safetensors file: " + length
                        + " bytes can't hold a header of " + header
                        + "; is it whole, and no error message that a server sent in its place?");
            }
            if (header > LONGEST_HEADER) {
                throw new InvalidModelException(
                        file + ": has a header of " + header + " bytes; at most " + LONGEST_HEADER + " are read");
            }
            byte[] text = read(channel, 8, Math.toIntExact(header)).array();
            return new SafetensorsFile(
                    file, channel, 8 + header, SafetensorsHeader.tensors(file, text, length - 8 - header));
        } catch (IOException | InvalidModelException e) {
            close(channel);
            if (e instanceof InvalidModelException invalid) {
                throw invalid;
            }
            throw new InvalidModelException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Returns all tensors by name, in the file's order. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    /**
     * Reads a tensor's values, row-major; half precision is widened, which is exact, and double precision rounded.
     *
     * @throws InvalidModelException if it is neither F64, F32, F16 nor BF16
     */
    float[] read(Tensor tensor) throws InvalidModelException {
        try {
            float[] values = new float[Math.toIntExact(tensor.size())];
            ByteBuffer bytes =
                    read(channel, dataStart + tensor.begin(), Math.toIntExact(tensor.end() - tensor.begin()));
            switch (tensor.type()) {
                case "F64" -> {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) bytes.getDouble();
                    }
                }
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
                        + tensor.type() + "; allowed are F64, F32, F16 and BF16");
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
