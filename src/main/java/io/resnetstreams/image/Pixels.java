package io.resnetstreams.image;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.leptonica.PIX;
import org.bytedeco.leptonica.global.leptonica;

/**
 * A decoded image in native memory, read row by row as RGB of 8 bits. A pixel is an {@code int}: red, green and blue from
 * the highest byte down, as Leptonica stores them; the lowest byte (transparency) has no meaning.
 *
 * <p>Threading: one thread at a time. {@link #close()} frees the memory.
 */
final class Pixels implements AutoCloseable {
    private PIX pix;
    private int width; // kept, since each look at the native structure is a call
    private int height;
    private IntPointer data;

    /** Takes over an image, of any depth. */
    Pixels(PIX pix) {
        if (pix != null && leptonica.pixGetDepth(pix) != Integer.SIZE) {
            take(leptonica.pixConvertTo32(pix));
            leptonica.pixDestroy(pix);
        } else {
            take(pix);
        }
    }

    /** Makes an image of one colour. */
    Pixels(int width, int height, int pixel) {
        take(leptonica.pixCreate(width, height, Integer.SIZE));
        leptonica.pixSetAllArbitrary(pix, pixel);
    }

    private void take(PIX taken) {
        if (taken == null) {
            throw new OutOfMemoryError("no native memory for the image's pixels");
        }
        pix = taken;
        width = leptonica.pixGetWidth(taken);
        height = leptonica.pixGetHeight(taken);
        data = leptonica.pixGetData(taken);
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Copies row {@code y} to the start of {@code into}, which is at least as long as the image is wide. */
    void row(int y, int[] into) {
        data.position((long) y * width).get(into, 0, width);
    }

    void setRow(int y, int[] pixels) {
        data.position((long) y * width).put(pixels, 0, width);
    }

    /** Returns this frame of an animation, which is closed, on a canvas of a larger size and of one colour. */
    Pixels onCanvas(ImageHeader canvas, int left, int top, int background) {
        if (width == canvas.width() && height == canvas.height()) {
            return this;
        }
        Pixels whole = new Pixels(canvas.width(), canvas.height(), background);
        leptonica.pixRasterop(whole.pix, left, top, width, height, leptonica.PIX_SRC, pix, 0, 0);
        close();
        return whole;
    }

    /** Turns the image upright, by EXIF's number of its orientation (1 to 8). */
    void turn(int orientation) {
        if (ExifOrientation.isSideways(orientation)) {
            PIX turned = leptonica.pixRotate90(pix, orientation == 8 ? -1 : 1);
            close();
            take(turned);
        }
        switch (orientation) {
            case 2, 5 -> leptonica.pixFlipLR(pix, pix);
            case 3 -> leptonica.pixRotate180(pix, pix);
            case 4, 7 -> leptonica.pixFlipTB(pix, pix);
            default -> {}
        }
    }

    /** Returns all pixels as {@code height × width × 3} bytes. */
    byte[] toArray() {
        byte[] rgb = new byte[3 * width * height];
        int[] row = new int[width];
        for (int y = 0, at = 0; y < height; y++) {
            row(y, row);
            for (int pixel : row) {
                rgb[at++] = (byte) (pixel >>> 24);
                rgb[at++] = (byte) (pixel >>> 16);
                rgb[at++] = (byte) (pixel >>> 8);
            }
        }
        return rgb;
    }

    @Override
    public void close() {
        leptonica.pixDestroy(pix);
    }
}
