package io.resnetstreams.image;

/**
 * What an image may claim at most. All three are checked on the file's header, before memory for pixels is taken.
 *
 * @param maxBytes length of the image file in bytes
 * @param maxPixels width × height as the header states them
 * @param maxEdge width or height, whichever is longer, in pixels
 */
public record ImageLimits(int maxBytes, int maxPixels, int maxEdge) {
    /** OpenCV takes no image with a longer edge, whatever its own limits are set to. */
    private static final int LONGEST_EDGE = 1 << 20;

    /** Three bytes a pixel must still fit into one array. */
    private static final int MOST_PIXELS = (Integer.MAX_VALUE - 8) / 3;

    public ImageLimits {
        require(maxBytes >= 1, "maxBytes is " + maxBytes + "; an image needs at least 1 byte");
        require(
                maxPixels >= 1 && maxPixels <= MOST_PIXELS,
                "maxPixels is " + maxPixels + "; allowed are 1 to " + MOST_PIXELS + ", what one array of RGB can hold");
        require(
                maxEdge >= 1 && maxEdge <= LONGEST_EDGE,
                "maxEdge is " + maxEdge + "; allowed are 1 to " + LONGEST_EDGE + ", what the decoder accepts");
    }

    /** Returns the limits used unless configured otherwise: 20 MiB, 50 megapixels, an edge of 16,384 pixels. */
    public static ImageLimits defaults() {
        return new ImageLimits(20 << 20, 50_000_000, 16_384);
    }

    private static void require(boolean holds, String reason) {
        if (!holds) {
            throw new IllegalArgumentException(reason);
        }
    }
}
