package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.leptonica.PIX;
import org.bytedeco.leptonica.global.leptonica;

/**
 * A decoded image in native memory, read row by row as 8-bit RGB. A pixel is an {@code int}: red, green and blue from
 * the highest byte down, as Leptonica stores them; the lowest byte (transparency) has no meaning. One thread at a time.
 */
final class Pixels implements AutoCloseable {
    private PIX pix;
    private int width; // cached, since each access to the native structure is a call
    private int height;
    private IntPointer data;

    /** Takes ownership of an image of any depth. */
    Pixels(PIX pix) {
        if (pix != null && leptonica.pixGetDepth(pix) != Integer.SIZE) {
            take(leptonica.pixConvertTo32(pix));
            leptonica.pixDestroy(pix);
        } else {
            take(pix);
        }
    }

    private Pixels(ImageHeader size, int pixel) {
        take(leptonica.pixCreate(size.width(), size.height(), Integer.SIZE));
        leptonica.pixSetAllArbitrary(pix, pixel);
    }

    /** Sets the rows of an image, by means of the given row, which is filled with the background colour. */
    interface Rows {
        void setIn(Pixels image, int[] row) throws RejectedEventException;
    }

    /** Creates an image from a background and rows; frees it if the rows are rejected. */
    static Pixels ofRows(ImageHeader size, int background, Rows rows) throws RejectedEventException {
        Pixels image = new Pixels(size, background);
        int[] row = new int[size.width()];
        Arrays.fill(row, background);
        try {
            rows.setIn(image, row);
        } catch (RejectedEventException | RuntimeException e) {
            image.close();
            throw e;
        }
        return image;
    }

    static int pixel(int red, int green, int blue) {
        return red << 24 | green << 16 | blue << 8;
    }

    /** Returns 256 shades of grey, which Pillow uses for colours that are not in the palette. */
    static int[] shades() {
        return IntStream.range(0, 256).map(shade -> pixel(shade, shade, shade)).toArray();
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

    /** Copies row {@code y} to the start of {@code into}, whose length is at least the width. */
    void row(int y, int[] into) {
        data.position((long) y * width).get(into, 0, width);
    }

    void setRow(int y, int[] pixels) {
        data.position((long) y * width).put(pixels, 0, width);
    }

    /** Returns this frame of an animation on a larger canvas of one colour, and closes this image. */
    Pixels onCanvas(ImageHeader canvas, int left, int top, int background) {
        if (width == canvas.width() && height == canvas.height()) {
            return this;
        }
        Pixels whole = new Pixels(canvas, background);
        leptonica.pixRasterop(whole.pix, left, top, width, height, leptonica.PIX_SRC, pix, 0, 0);
        close();
        return whole;
    }

    /** Turns the image upright, given its EXIF orientation (1 to 8). */
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

    @Override
    public void close() {
        leptonica.pixDestroy(pix);
    }
}
