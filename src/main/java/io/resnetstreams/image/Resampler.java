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
    private final int[] gathered; // of the source's pixels those that one weight of each output pixel applies to
    private final int[][] sums;
    private final int[][][] filteredRows; // by channel; a ring buffer: input row y is at y modulo its length
    private final boolean unscaled;
    private int nextRow;

    private Resampler(Pixels source, TriangleFilter across, TriangleFilter down) {
        this.source = source;
        this.across = across;
        this.down = down;
        int width = across.first().length;
        this.sourceRow = new int[source.width() + across.weights().length]; // pixels beyond the last have weight 0
        this.gathered = new int[width];
        this.sums = new int[CHANNELS][width];
        this.filteredRows = new int[down.weights().length][CHANNELS][width];
        this.nextRow = down.first()[0];
        this.unscaled = across.weights().length == 1 && down.weights().length == 1;
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
        int first = down.first()[y];
        if (unscaled) {
            source.row(first, sourceRow);
            for (int from : across.first()) {
                result[at++] = (byte) (sourceRow[from] >>> 24);
                result[at++] = (byte) (sourceRow[from] >>> 16);
                result[at++] = (byte) (sourceRow[from] >>> 8);
            }
            return;
        }
        for (; nextRow < first + down.counts()[y]; nextRow++) {
            source.row(nextRow, sourceRow);
            filterAcross(filteredRows[nextRow % filteredRows.length]);
        }
        for (int channel = 0; channel < CHANNELS; channel++) {
            int[] sum = sums[channel];
            Arrays.fill(sum, TriangleFilter.HALF);
            for (int i = 0; i < down.counts()[y]; i++) {
                addWeighted(sum, down.weights()[i][y], filteredRows[(first + i) % filteredRows.length][channel]);
            }
            for (int x = 0, to = at + channel; x < sum.length; x++, to += CHANNELS) {
                result[to] = (byte) (sum[x] >>> TriangleFilter.PRECISION_BITS);
            }
        }
    }

    private void filterAcross(int[][] into) {
        for (int[] channel : into) {
            Arrays.fill(channel, TriangleFilter.HALF);
        }
        for (int i = 0; i < across.weights().length; i++) {
            gather(sourceRow, across.first(), i, gathered);
            addWeighted(into[0], into[1], into[2], across.weights()[i], gathered);
        }
    }

    /** Takes each output pixel's first input pixel, or one that follows. */
    private static void gather(int[] row, int[] first, int offset, int[] into) {
        for (int x = 0; x < into.length; x++) {
            into[x] = row[first[x] + offset];
        }
    }

    // Simple loops over one index, so that the compiler generates vector instructions.

    private static void addWeighted(int[] red, int[] green, int[] blue, int[] weights, int[] pixels) {
        for (int x = 0; x < pixels.length; x++) {
            red[x] += weights[x] * (pixels[x] >>> 24);
            green[x] += weights[x] * (pixels[x] >>> 16 & 0xFF);
            blue[x] += weights[x] * (pixels[x] >>> 8 & 0xFF);
        }
    }

    private static void addWeighted(int[] sums, int weight, int[] values) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * (values[i] >>> TriangleFilter.PRECISION_BITS);
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
     * enlarging, scaled by the reduction when reducing, fixed-point with 22 bits, normalised. Output pixel x depends on {@code
     * counts[x]} input pixels from {@code first[x]} on; {@code weights[i][x]} is the weight of the i-th of them, 0 if there are
     * fewer.
     */
    private record TriangleFilter(int[] first, int[] counts, int[][] weights) {
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
            int[] counts = new int[wanted.count()];
            for (int x = 0; x < wanted.count(); x++) {
                double centre = axis.start() + (wanted.from() + x + 0.5) * scale;
                first[x] = Math.max(0, (int) (centre - support + 0.5));
                // The next pixel has weight 0.
                counts[x] = Math.min(axis.pixels, (int) Math.ceil(centre + support - 0.5)) - first[x];
            }
            int most = Arrays.stream(counts).max().orElse(0);
            int[][] weights = new int[most][wanted.count()];
            double[] exact = new double[most];
            for (int x = 0; x < wanted.count(); x++) {
                double centre = axis.start() + (wanted.from() + x + 0.5) * scale;
                double sum = 0;
                for (int i = 0; i < counts[x]; i++) {
                    exact[i] = Math.max(0, 1 - Math.abs((first[x] + i - centre + 0.5) / support));
                    sum += exact[i];
                }
                for (int i = 0; i < counts[x]; i++) {
                    weights[i][x] = (int) (0.5 + exact[i] / sum * (1 << PRECISION_BITS));
                }
            }
            return new TriangleFilter(first, counts, weights);
        }
    }
}
