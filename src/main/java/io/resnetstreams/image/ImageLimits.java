package io.resnetstreams.image;

import io.resnetstreams.common.Ranges;

/**
 * The limits for the size of an image and for the time to decode it. All except the time are checked on the file's header
 * and structure, before memory for pixels is allocated.
 *
 * @param maxImageBytes the size of the image file in bytes
 * @param maxPixels width × height in the header
 * @param maxEdge the longer edge, in pixels
 * @param maxAspectRatio the ratio of the longer to the shorter edge
 * @param maxDecodeMillis the processor time for decoding, scaling and cropping, in milliseconds
 */
public record ImageLimits(int maxImageBytes, int maxPixels, int maxEdge, int maxAspectRatio, int maxDecodeMillis) {
    private static final int LONGEST_EDGE = 1 << 20; // larger than all decoders except those for BMP and PNG accept

    private static final int MOST_PIXELS = (Integer.MAX_VALUE - 8) / 3; // three bytes per pixel must fit into one array

    public ImageLimits {
        Ranges.require("maxImageBytes", maxImageBytes, 1, Integer.MAX_VALUE);
        require(
                maxPixels >= 1 && maxPixels <= MOST_PIXELS,
                "maxPixels is " + maxPixels + "; allowed are 1 to " + MOST_PIXELS + ", what one array of RGB can hold");
        require(
                maxEdge >= 1 && maxEdge <= LONGEST_EDGE,
                "maxEdge is " + maxEdge + "; allowed are 1 to " + LONGEST_EDGE + ", what the decoder accepts");
        require(maxAspectRatio >= 1, "maxAspectRatio is " + maxAspectRatio + "; it must be at least 1, a square's");
        require(maxDecodeMillis >= 1, "maxDecodeMillis is " + maxDecodeMillis + "; it must be at least 1");
    }

    private static void require(boolean holds, String reason) {
        if (!holds) {
            throw new IllegalArgumentException(reason);
        }
    }
}
