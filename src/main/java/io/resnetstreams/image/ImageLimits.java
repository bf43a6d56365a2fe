package io.resnetstreams.image;

/**
 * What an image may claim at most, and how long its decoding may take. All but the time are checked on the file's header
 * and structure, before memory for pixels is taken.
 *
 * @param maxBytes length of the image file in bytes
 * @param maxPixels width × height as the header states them
 * @param maxEdge width or height, whichever is longer, in pixels
 * @param maxAspectRatio how many times the longer edge may be as long as the shorter
 * @param maxDecodeMillis processor time that decoding, scaling and cropping may take, in milliseconds
 */
public record ImageLimits(int maxBytes, int maxPixels, int maxEdge, int maxAspectRatio, int maxDecodeMillis) {
    /** Far above what any decoder accepts but BMP's and PNG's. */
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
        require(maxAspectRatio >= 1, "maxAspectRatio is " + maxAspectRatio + "; it must be at least 1, a square's");
        require(maxDecodeMillis >= 1, "maxDecodeMillis is " + maxDecodeMillis + "; it must be at least 1");
    }

    /**
     * Returns the limits used unless configured otherwise: 20 MiB, 64 megapixels (phones take 50 and more), an edge of 16,384
     * pixels, 100 times as long as wide, 10 s.
     */
    public static ImageLimits defaults() {
        return new ImageLimits(20 << 20, 64_000_000, 16_384, 100, 10_000);
    }

    private static void require(boolean holds, String reason) {
        if (!holds) {
            throw new IllegalArgumentException(reason);
        }
    }
}
