package io.resnetstreams.model.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The values of large tensors, in a file beside the graph (onnx.proto3, TensorProto.external_data). ONNX Runtime maps such a
 * file, while values inside the graph are copied several times. Threading: one thread.
 */
final class WeightsFile implements Closeable {
    private static final String NAME = "weights";
    private static final int LEAST_BYTES = 1_024;
    private static final int PAGE = 4_096; // mappings start at pages
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private long position;

    /** Creates the file in a folder. */
    WeightsFile(Path folder) throws IOException {
        this.out = new BufferedOutputStream(Files.newOutputStream(folder.resolve(NAME)), BUFFER_BYTES);
    }

    /** Writes a tensor's values, if they are many, else stores them in the tensor. */
    void store(TensorProto.Builder tensor, ByteString values) {
        if (values.size() < LEAST_BYTES) {
            tensor.setRawData(values);
            return;
        }
        try {
            out.write(new byte[(int) Math.floorMod(-position, (long) PAGE)]);
            position += Math.floorMod(-position, (long) PAGE);
            values.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tensor.clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", NAME))
                .addExternalData(entry("offset", Long.toString(position)))
                .addExternalData(entry("length", Integer.toString(values.size())));
        position += values.size();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
