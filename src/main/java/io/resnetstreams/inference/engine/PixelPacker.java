package io.resnetstreams.inference.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Copies the images of a batch into one direct buffer for the engine. Used by one worker thread. */
final class PixelPacker {
    /** Images in a direct buffer: uint8, N×H×W×3. */
    record PixelBatch(ByteBuffer pixels, int size) {}

    private final int imageBytes;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    PixelPacker(int imageBytes) {
        this.imageBytes = imageBytes;
    }

    /** Returns the images in a buffer that the next batch overwrites. */
    PixelBatch pack(List<byte[]> images) {
        int needed = images.size() * imageBytes;
        if (buffer.capacity() < needed) {
            buffer = ByteBuffer.allocateDirect(needed).order(ByteOrder.nativeOrder());
        }
        buffer.clear();
        for (byte[] image : images) {
            buffer.put(image);
        }
        return new PixelBatch(buffer.flip(), images.size());
    }
}
