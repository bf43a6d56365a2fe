package io.resnetstreams.model.convert;

import io.resnetstreams.common.InvalidModelException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Holds an imported network's values against what any network can compute with. Stateless. */
final class WeightsCheck {
    private WeightsCheck() {}

    /**
     * Refuses values that are not finite, and variances below zero: all labels would be wrong, or none come.
     *
     * @param name the tensor's, as the file has it
     * @param shape the tensor's
     * @throws InvalidModelException the message names the tensor, the first such value and its index
     */
    static void require(Path file, String name, List<Integer> shape, float[] values) throws InvalidModelException {
        boolean isVariance = name.matches(".*(running|moving)_var(iance)?");
        int first = -1;
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i]) || isVariance && values[i] < 0) {
                first = count == 0 ? i : first;
                count++;
            }
        }
        if (count > 0) {
            boolean negative = Float.isFinite(values[first]);
            throw new InvalidModelException(file + ": tensor '" + name + "' has the value " + values[first] + " at "
                    + place(first, shape) + " (" + count + " of " + values.length + " values are "
                    + (negative ? "negative or not finite; a variance is 0 or more" : "not finite")
                    + "); the training diverged, or a lower precision overflowed: take the fp32 checkpoint, or one of an"
                    + " earlier epoch");
        }
    }

    /** Returns the indices of a value, as PyTorch takes them: {@code [3, 0, 1, 1]}. */
    private static String place(int index, List<Integer> shape) {
        int[] indices = new int[shape.size()];
        int rest = index;
        for (int dimension = indices.length - 1; dimension >= 0; dimension--) {
            indices[dimension] = rest % shape.get(dimension);
            rest /= shape.get(dimension);
        }
        return Arrays.stream(indices).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    /**
     * Refuses a network of one class.
     *
     * @throws InvalidModelException if it has fewer than two outputs
     */
    static void requireClasses(Path file, long classes) throws InvalidModelException {
        if (classes < 2) {
            throw new InvalidModelException(file + ": a network of " + classes + " class can't be imported: its only"
                    + " probability is always 1, whatever the image shows; one that tells two classes by one output (a"
                    + " sigmoid) needs two outputs, of which the first has weights and bias 0");
        }
    }

    /**
     * Refuses labels of another number than the network's classes.
     *
     * @throws InvalidModelException the message names both
     */
    static void requireLabels(Path file, long classes, int labels) throws InvalidModelException {
        if (classes != labels) {
            throw new InvalidModelException(file + ": has " + classes + " classes, by its last layer, and there are "
                    + labels + " labels; --synset FILE needs one line for each class, in the network's order");
        }
    }
}
