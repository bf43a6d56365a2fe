package io.resnetstreams.model.convert;

import ai.djl.util.Float16Utils;
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
import java.util.function.DoubleSupplier;

/**
 * Reads tensors in the safetensors format (huggingface/safetensors, README "Format"): a JSON header with each tensor's
 * type, shape and offsets, then the values, little endian. The file is untrusted, so the header is checked before
 * values are read: offsets must lie in the file, match type and shape, and neither overlap nor leave gaps.
 */
final class SafetensorsFile {
    /** The format's limit; {@link SafetensorsHeader} limits the contents. */
    private static final long LONGEST_HEADER = 100_000_000;

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
            if (header < 2 || header > length - 8) {
                throw new InvalidModelException(file + ": is not a safetensors file: " + length
                        + " bytes can't hold a header of " + header
                        + "; check that the download is complete and is not a server's error message");
            }
            if (header > LONGEST_HEADER) {
                throw new InvalidModelException(
                        file + ": has a header of " + header + " bytes; at most " + LONGEST_HEADER + " are read");
            }
            byte[] text = read(channel, 8, Math.toIntExact(header)).array();
            return SafetensorsHeader.tensors(file, text, length - 8 - header);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
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
