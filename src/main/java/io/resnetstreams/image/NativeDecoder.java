package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * OpenCV's decoders (libjpeg-turbo, libpng, libwebp and its own for GIF and BMP).
 *
 * <p>Threading: one instance belongs to one thread, which gets it from {@link #ofThisThread()}. It keeps its native
 * buffers from image to image; the pixels it returns are overwritten by its next image.
 */
final class NativeDecoder implements PixelRows {
    /** Buffers up to this size are kept; beyond it, memory matters more than an allocation. */
    private static final long MOST_BYTES_KEPT = 4 << 20;

    private static final ThreadLocal<NativeDecoder> OF_THREAD = ThreadLocal.withInitial(NativeDecoder::new);

    static {
        // JavaCPP would otherwise take the whole process's native memory, the network's included, as its own, and fail
        // with OutOfMemoryError where it exceeds a multiple of the Java heap.
        setDefault("org.bytedeco.javacpp.maxBytes", "0");
        setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        Loader.load(opencv_imgcodecs.class);
        opencv_core.setNumThreads(1); // images are decoded side by side; each by one thread
        NativeLog.silence();
    }

    private BytePointer input = new BytePointer(64 << 10);
    private final Mat pixels = new Mat();
    private BytePointer data;
    private int width;
    private int height;
    private boolean sideways;

    private NativeDecoder() {}

    static NativeDecoder ofThisThread() {
        return OF_THREAD.get();
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Decodes an image's first frame to RGB of 8 bits, not yet turned upright. Transparency is dropped, not
     * blended with a background: what Pillow's {@code convert("RGB")}, and so torchvision, gives networks to learn from.
     *
     * @param header what the file says of its size
     * @param reduction 1, or for JPEG 2, 4, 8: scales in the frequency domain, for a fraction of the work
     */
    void decode(byte[] file, ImageHeader header, int reduction) throws RejectedEventException {
        if (file.length > input.capacity()) {
            input.close();
            input = new BytePointer(file.length);
        }
        input.put(file, 0, file.length);
        if (!decodeInput(file.length, header, reduction)) {
            throw FileBytes.corrupt("its image data can't be decoded");
        }
        describePixels();
        if (width != reduced(header.width(), reduction) || height != reduced(header.height(), reduction)) {
            throw FileBytes.corrupt("its header states " + header.width() + "×" + header.height()
                    + " pixels, but it was decoded to " + width + "×" + height);
        }
    }

    private boolean decodeInput(int bytes, ImageHeader header, int reduction) throws RejectedEventException {
        try (Mat encoded = new Mat(1, bytes, opencv_core.CV_8UC1, input)) {
            // OpenCV decodes into a matrix that has the right size already. What a decoder leaves out would be
            // the last image's, or whatever lay in memory; black makes equal files give equal pixels.
            pixels.create(reduced(header.height(), reduction), reduced(header.width(), reduction), opencv_core.CV_8UC3);
            Pointer.memset(pixels.data(), 0, pixels.total() * 3);
            try (Mat result = opencv_imgcodecs.imdecode(encoded, flags(reduction), pixels)) {
                return !result.empty() && result.type() == opencv_core.CV_8UC3;
            }
        } catch (RuntimeException e) { // what JavaCPP makes of a C++ exception
            throw FileBytes.corrupt("its image data can't be decoded: " + e.getMessage());
        }
    }

    private void describePixels() {
        width = pixels.cols();
        height = pixels.rows();
        data = pixels.data();
    }

    /** Turns the decoded image upright, by EXIF's number of its orientation (1 to 8). */
    void turn(int orientation) {
        sideways = ExifOrientation.isSideways(orientation);
        if (orientation == 1) {
            return;
        }
        if (sideways) {
            opencv_core.transpose(pixels, pixels);
        }
        switch (orientation) {
            case 2, 6 -> opencv_core.flip(pixels, pixels, 1); // left and right
            case 4, 8 -> opencv_core.flip(pixels, pixels, 0); // top and bottom
            case 3, 7 -> opencv_core.flip(pixels, pixels, -1); // both
            default -> {}
        }
        describePixels();
    }

    /** Returns whether {@link #turn} made rows of columns. */
    boolean sideways() {
        return sideways;
    }

    private static int flags(int reduction) {
        int colour = opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
        // Of the flags for scaled decoding, those named "grayscale" are the bare reduction; the others ask for BGR.
        return switch (reduction) {
            case 1 -> colour;
            case 2 -> colour | opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_2;
            case 4 -> colour | opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_4;
            case 8 -> colour | opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_8;
            default -> throw new IllegalArgumentException("reduction is " + reduction + "; allowed are 1, 2, 4, 8");
        };
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public void row(int y, byte[] into) {
        data.position(y * pixels.step()).get(into, 0, 3 * width);
    }

    /** Returns all pixels; a freshly decoded image lies in memory without gaps. */
    byte[] toArray() {
        byte[] rgb = new byte[3 * width * height];
        data.position(0).get(rgb);
        return rgb;
    }

    /** Gives back what an image of unusual size needed; to be called after each image, decoded or not. */
    void trim() {
        if (input.capacity() > MOST_BYTES_KEPT) {
            input.close();
            input = new BytePointer(64 << 10);
        }
        if (pixels.total() * 3 > MOST_BYTES_KEPT) {
            pixels.release();
        }
    }

    /** Returns an edge's length after scaled decoding, which rounds up. */
    static int reduced(int edge, int reduction) {
        return (edge + reduction - 1) / reduction;
    }
}
