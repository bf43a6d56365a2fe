package io.resnetstreams.image;

import java.util.Arrays;

/**
 * Scales and crops an image in one pass: it computes only rows and columns of the result, and keeps only as many filtered rows
 * as one output row needs. As in Pillow, it filters horizontally first, rounds to 8 bits, and then filters vertically.
 */
final class Resampler {
    private static final int CHANNELS = 3;

    private final Pixels source;
    private final TriangleFilter across;
    private final TriangleFilter down;
    private final int[] sourceRow;
    private final int[] sums;
    private final int[][] filteredRows; // a ring buffer: input row y is at y modulo its length
    private final boolean unscaled;
    private int nextRow;

    private Resampler(Pixels source, TriangleFilter across, TriangleFilter down) {
        this.source = source;
        this.across = across;
        this.down = down;
        this.sourceRow = new int[source.width()];
        this.sums = new int[across.first().length * CHANNELS];
        this.filteredRows = new int[down.mostWeights()][across.first().length * CHANNELS];
        this.nextRow = down.first()[0];
        this.unscaled = across.mostWeights() == 1 && down.mostWeights() == 1;
    }

    /** Returns the network's input for an image of this size, decoded at 1/reduction and turned upright by its orientation. */
    static byte[] resample(Pixels source, ImageSize size, int reduction, int orientation, Preprocessing preprocessing) {
        int scaledWidth = preprocessing.scaledWidth(size.width(), size.height());
        int scaledHeight = preprocessing.scaledHeight(size.width(), size.height());
        Crop columns = Crop.centred(scaledWidth, preprocessing.width());
        Crop rows = Crop.centred(scaledHeight, preprocessing.height());
        TriangleFilter.Axis across = new TriangleFilter.Axis(
                source.width(), size.width() / (double) reduction, ExifOrientation.isReversedAcross(orientation));
        TriangleFilter.Axis down = new TriangleFilter.Axis(
                source.height(), size.height() / (double) reduction, ExifOrientation.isReversedDown(orientation));
        Resampler resampler = new Resampler(
                source, TriangleFilter.of(across, scaledWidth, columns), TriangleFilter.of(down, scaledHeight, rows));
        byte[] result = new byte[preprocessing.width() * preprocessing.height() * CHANNELS];
        for (int y = 0; y < rows.count(); y++) {
            int at = ((rows.padding() + y) * preprocessing.width() + columns.padding()) * CHANNELS;
            resampler.outputRow(y, result, at);
        }
        return result;
    }

    private void outputRow(int y, byte[] result, int at) {
        if (unscaled) {
            source.row(down.first()[y], sourceRow);
            for (int from : across.first()) {
                result[at++] = (byte) (sourceRow[from] >>> 24);
                result[at++] = (byte) (sourceRow[from] >>> 16);
                result[at++] = (byte) (sourceRow[from] >>> 8);
            }
            return;
        }
        for (; nextRow < down.first()[y] + down.weights()[y].length; nextRow++) {
            source.row(nextRow, sourceRow);
            filterAcross(sourceRow, filteredRows[nextRow % filteredRows.length]);
        }
        Arrays.fill(sums, 0);
        int first = down.first()[y];
        int[] weights = down.weights()[y];
        for (int i = 0; i < weights.length; i++) {
            addWeighted(sums, weights[i], filteredRows[(first + i) % filteredRows.length]);
        }
        for (int i = 0; i < sums.length; i++) {
            result[at + i] = (byte) (sums[i] + TriangleFilter.HALF >>> TriangleFilter.PRECISION_BITS);
        }
    }

    /** A simple loop, so that the compiler generates vector instructions. */
    private static void addWeighted(int[] sums, int weight, int[] values) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * values[i];
        }
    }

    private void filterAcross(int[] row, int[] into) {
        int at = 0;
        for (int x = 0; x < across.first().length; x++) {
            int red = TriangleFilter.HALF;
            int green = TriangleFilter.HALF;
            int blue = TriangleFilter.HALF;
            int from = across.first()[x];
            for (int weight : across.weights()[x]) {
                int pixel = row[from++];
                red += weight * (pixel >>> 24);
                green += weight * (pixel >>> 16 & 0xFF);
                blue += weight * (pixel >>> 8 & 0xFF);
            }
            into[at] = red >>> TriangleFilter.PRECISION_BITS;
            into[at + 1] = green >>> TriangleFilter.PRECISION_BITS;
            into[at + 2] = blue >>> TriangleFilter.PRECISION_BITS;
            at += CHANNELS;
        }
    }

    /** A centred crop along one axis: the first pixel, the number of pixels, and the number of black ones before them. */
    record Crop(int from, int count, int padding) {
        static Crop centred(int scaled, int wanted) {
            if (scaled < wanted) {
                return new Crop(0, scaled, (wanted - scaled) / 2);
            }
            // Rounds half to even, since torchvision uses Python's round.
            return new Crop((int) Math.rint((scaled - wanted) / 2.0), wanted, 0);
        }
    }

    /**
     * The weights of the triangle filter along one axis, as in Pillow's antialiased bilinear resize: support 1 when
     * enlarging, scaled by the reduction when reducing, fixed-point with 22 bits, normalised. Each output pixel has the
     * weights of its first input pixel and those that follow.
     */
    private record TriangleFilter(int[] first, int[][] weights) {
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
        static TriangleFilter of(Axis axis, int scaled, Crop wanted) {
            double scale = axis.extent / scaled;
            double support = Math.max(scale, 1);
            int[] first = new int[wanted.count()];
            int[][] weights = new int[wanted.count()][];
            for (int i = 0; i < wanted.count(); i++) {
                double centre = axis.start() + (wanted.from() + i + 0.5) * scale;
                int low = Math.max(0, (int) (centre - support + 0.5));
                // The next pixel has weight 0.
                int high = Math.min(axis.pixels, (int) Math.ceil(centre + support - 0.5));
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
}
