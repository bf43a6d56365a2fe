package io.resnetstreams.model;

import java.util.List;

/**
 * Checks the rows that a {@link Classifier} returns. A faulty device may return numbers that are not probabilities instead of an
 * error, so every row is checked before use. Stateless.
 */
public final class ProbabilityRows {
    private static final double SUM_TOLERANCE = 0.1; // rounding in the lowest precision changes a sum by less than 0.01
    private static final float LARGEST = 1.001f;

    private ProbabilityRows() {}

    /** Returns the rows; throws an {@link IllegalStateException} if there is not one per image. */
    public static float[][] oneEach(float[][] rows, int images) {
        if (rows == null || rows.length != images) {
            throw new IllegalStateException("the classifier returned " + (rows == null ? "no" : rows.length)
                    + " results for " + images + " images");
        }
        return rows;
    }

    /** Returns whether all values are finite; true for null. */
    public static boolean isFinite(float[] row) {
        for (int i = 0; row != null && i < row.length; i++) {
            if (!Float.isFinite(row[i])) {
                return false;
            }
        }
        return true;
    }

    /** Returns the index of the greatest of {@code count} values, relative to {@code from}; of equal values the first. */
    public static int argmax(float[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            best = values[from + i] > values[from + best] ? i : best;
        }
        return best;
    }

    /**
     * Returns a row's fault, such as {@code has a value of NaN}, or null.
     *
     * @param classes the number of probabilities; 0 for any
     * @param embeddingLength the number of values behind them, which may be any finite ones
     */
    public static String fault(float[] row, int classes, int embeddingLength) {
        if (row == null || row.length <= embeddingLength) {
            return "has no values";
        }
        int found = row.length - embeddingLength;
        if (classes > 0 && found != classes) {
            return "has " + found + " values for " + classes + " classes";
        }
        double sum = 0;
        for (int i = 0; i < found; i++) {
            // Negated, so that NaN fails too.
            if (!(row[i] >= 0 && row[i] <= LARGEST)) {
                return "has a value of " + row[i];
            }
            sum += row[i];
        }
        for (int i = found; i < row.length; i++) {
            if (!Float.isFinite(row[i])) {
                return "has a value of " + row[i] + " in the embedding";
            }
        }
        return Math.abs(sum - 1) <= SUM_TOLERANCE ? null : "has a sum of " + (float) sum + " rather than 1";
    }

    /** Classifies images; throws an {@link IllegalStateException} if a row is missing or does not hold probabilities. */
    public static float[][] classify(Classifier classifier, List<byte[]> images) {
        float[][] rows = oneEach(classifier.classify(images), images.size());
        for (float[] row : rows) {
            String fault = fault(row, 0, classifier.embeddingLength());
            if (fault != null) {
                throw new IllegalStateException("the network's output " + fault);
            }
        }
        return rows;
    }
}
