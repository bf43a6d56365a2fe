package io.resnetstreams.image;

import java.util.Arrays;

/**
 * The weights of the triangle filter along one axis, as in Pillow's antialiased bilinear resize: support 1 when
 * enlarging, scaled by the reduction when reducing, fixed-point with 22 bits, normalised. Each output pixel has the
 * weights of its first input pixel and those that follow.
 */
record TriangleFilter(int[] first, int[][] weights) {
    static final int PRECISION_BITS = 22;
    static final int HALF = 1 << (PRECISION_BITS - 1);

    /**
     * An axis of the input. After scaled decoding, the image covers only a part of the last pixel (the first one if the axis
     * is reversed), so the extent is slightly smaller than the number of pixels.
     */
    record Axis(int pixels, double extent, boolean reversed) {
        private double start() {
            return reversed ? pixels - extent : 0;
        }
    }

    /** Returns the weights for a crop of the output, whose whole axis has {@code scaled} pixels. */
    static TriangleFilter of(Axis axis, int scaled, Resampler.Crop wanted) {
        double scale = axis.extent / scaled;
        double support = Math.max(scale, 1);
        int[] first = new int[wanted.count()];
        int[][] weights = new int[wanted.count()][];
        for (int i = 0; i < wanted.count(); i++) {
            double centre = axis.start() + (wanted.from() + i + 0.5) * scale;
            int low = Math.max(0, (int) (centre - support + 0.5));
            int high = Math.min(axis.pixels, (int) Math.ceil(centre + support - 0.5)); // the next pixel has weight 0
            first[i] = low;
            weights[i] = weights(low, high, centre, support);
        }
        return new TriangleFilter(first, weights);
    }

    private static int[] weights(int low, int high, double centre, double support) {
        double[] exact = new double[high - low];
        double sum = 0;
        for (int i = 0; i < exact.length; i++) {
            exact[i] = Math.max(0, 1 - Math.abs((low + i - centre + 0.5) / support));
            sum += exact[i];
        }
        int[] fixed = new int[exact.length];
        for (int i = 0; i < fixed.length; i++) {
            fixed[i] = (int) (0.5 + exact[i] / sum * (1 << PRECISION_BITS));
        }
        return fixed;
    }

    int mostWeights() {
        return Arrays.stream(weights).mapToInt(of -> of.length).max().orElse(0);
    }
}
