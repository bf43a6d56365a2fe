package io.resnetstreams.image;

/** An RGB image read row by row, wherever its pixels lie. */
interface PixelRows {
    int width();

    int height();

    /** Copies row {@code y}, three bytes a pixel, to the start of {@code into}. */
    void row(int y, byte[] into);
}
