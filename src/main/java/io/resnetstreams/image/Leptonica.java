package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.leptonica.PIX;
import org.bytedeco.leptonica.global.leptonica;

/**
 * Leptonica's readers: libjpeg-turbo, libpng and libwebp, in one native library. Each thread has its own instance,
 * which reuses the native buffer for the file.
 */
final class Leptonica {
    private static final int MOST_BYTES_KEPT = 4 << 20; // larger buffers are freed
    private static final int LEAST_BYTES = 256 << 10;
    private static final ThreadLocal<Leptonica> OF_THREAD = ThreadLocal.withInitial(Leptonica::new);

    static {
        // Otherwise JavaCPP counts the native memory of the whole process, including the network's, as its own, and
        // throws OutOfMemoryError when it exceeds a multiple of the Java heap.
        System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        Loader.load(leptonica.class);
        leptonica.setMsgSeverity(leptonica.L_SEVERITY_NONE); // the dead letter contains the reason
    }

    private BytePointer input = new BytePointer(LEAST_BYTES);

    private Leptonica() {}

    static void load() {
        OF_THREAD.get();
    }

    /** Reads an image with one of Leptonica's {@code pixReadMem…} functions, and rejects the file if that fails. */
    static Pixels read(byte[] file, BiFunction<BytePointer, Long, PIX> reader) throws RejectedEventException {
        Leptonica ofThread = OF_THREAD.get();
        if (file.length > ofThread.input.capacity()) {
            ofThread.resize(file.length);
        }
        PIX pix = reader.apply(ofThread.input.put(file, 0, file.length), (long) file.length);
        if (file.length > MOST_BYTES_KEPT) {
            ofThread.resize(LEAST_BYTES);
        }
        if (pix == null) {
            throw FileBytes.corrupt("its image data can't be decoded");
        }
        return new Pixels(pix);
    }

    private void resize(int bytes) {
        input.close();
        input = new BytePointer(bytes);
    }
}
