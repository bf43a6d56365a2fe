package io.resnetstreams.model;

import java.util.List;

/**
 * The rows of class probabilities that a {@link Classifier} returns. A broken device answers with numbers that are no
 * probabilities rather than with an error, so every row is checked before it is used. Stateless.
 */
public final class ProbabilityRows {
    /** Rounding in the lowest precision changes a sum by less than a hundredth. */
    private static final double SUM_TOLERANCE = 0.1;

    private static final float LARGEST = 1.001f;

    private ProbabilityRows() {}

    /**
     * Returns the rows, of which there must be one for each image.
     *
     * @throws IllegalStateException if there are more or fewer
     */
    public static float[][] oneEach(float[][] rows, int images) {
        if (rows == null || rows.length != images) {
            throw new IllegalStateException("the classifier returned " + (rows == null ? "no" : rows.length)
                    + " results for " + images + " images");
        }
        return rows;
    }

    /** Returns whether all values are finite; an absent row has none that is not. */
    public static boolean isFinite(float[] row) {
        if (row != null) {
            for (float value : row) {
                if (!Float.isFinite(value)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Returns what is wrong with a row, such as {@code has a value of NaN}, or null if it holds probabilities.
     *
     * @param classes the number of values that it must have; 0 for any but none
     */
    public static String fault(float[] row, int classes) {
        if (row == null || row.length == 0) {
            return "has no values";
        }
        if (classes > 0 && row.length != classes) {
            return "has " + row.length + " values for " + classes + " classes";
        }
        double sum = 0;
        for (float value : row) {
            // Written so that NaN fails too.
            if (!(value >= 0 && value <= LARGEST)) {
                return "has a value of " + value;
            }
            sum += value;
        }
        return Math.abs(sum - 1) <= SUM_TOLERANCE ? null : "has a sum of " + (float) sum + " rather than 1";
    }

    /**
     * Classifies images whose rows must all be sound: for work where an unsound row must not become a result.
     *
     * @throws IllegalStateException if a row is missing or holds no probabilities; the message says what it holds
     */
    public static float[][] classify(Classifier classifier, List<byte[]> images) {
        float[][] rows = oneEach(classifier.classify(images), images.size());
        for (float[] row : rows) {
            String fault = fault(row, 0);
            if (fault != null) {
                throw new IllegalStateException("the network's output " + fault);
            }
        }
        return rows;
    }
}
