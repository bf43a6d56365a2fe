package io.resnetstreams.image;

/**
 * Weights of the triangle filter along one axis, as Pillow's antialiased bilinear resize has them: support 1 when
 * enlarging, scaled by the reduction when reducing, fixed point with 22 bits, normalised.
 *
 * @param first of each output pixel: its first input pixel
 * @param weights of each output pixel: the weights of that and the following input pixels
 */
record TriangleFilter(int[] first, int[][] weights) {
    static final int PRECISION_BITS = 22;
    static final int HALF = 1 << (PRECISION_BITS - 1);

    /**
     * Returns the weights for a stretch of the output.
     *
     * @param pixels input pixels there are
     * @param extent input pixels that the whole output covers; a little less than {@code pixels} when the last of them
     *     is only partly the image's, as after scaled decoding
     * @param scaled output pixels of the whole axis
     * @param from first output pixel wanted
     * @param count output pixels wanted
     */
    static TriangleFilter of(int pixels, double extent, int scaled, int from, int count) {
        double scale = extent / scaled;
        double support = Math.max(scale, 1);
        int[] first = new int[count];
        int[][] weights = new int[count][];
        for (int i = 0; i < count; i++) {
            double centre = (from + i + 0.5) * scale;
            int low = Math.max(0, (int) (centre - support + 0.5));
            int high = Math.min(pixels, (int) (centre + support + 0.5));
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

    int size() {
        return first.length;
    }

    int end(int output) {
        return first[output] + weights[output].length;
    }

    int mostWeights() {
        int most = 0;
        for (int[] of : weights) {
            most = Math.max(most, of.length);
        }
        return most;
    }
}
