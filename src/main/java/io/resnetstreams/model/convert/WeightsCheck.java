package io.resnetstreams.model.convert;

import io.resnetstreams.common.InvalidModelException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Checks the values, classes and labels of an imported network. Stateless. */
final class WeightsCheck {
    private WeightsCheck() {}

    /** Refuses values that are not finite, and negative variances; names the tensor, the first such value and its index. */
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
                    + "); the training diverged, or a lower precision overflowed: import the fp32 checkpoint, or one of an"
                    + " earlier epoch");
        }
    }

    /** Returns the indices of a value in PyTorch's notation: {@code [3, 0, 1, 1]}. */
    private static String place(int index, List<Integer> shape) {
        int[] indices = new int[shape.size()];
        int rest = index;
        for (int dimension = indices.length - 1; dimension >= 0; dimension--) {
            indices[dimension] = rest % shape.get(dimension);
            rest /= shape.get(dimension);
        }
        return Arrays.stream(indices).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    static void requireClasses(Path file, long classes) throws InvalidModelException {
        if (classes < 2) {
            throw new InvalidModelException(file + ": a network of " + classes + " class can't be imported: its only"
                    + " probability is always 1. A network that tells two classes apart by one output (a sigmoid) needs"
                    + " two outputs, the first with weights and bias 0");
        }
    }

    static void requireLabels(Path file, long classes, int labels) throws InvalidModelException {
        if (classes != labels) {
            throw new InvalidModelException(file + ": has " + classes + " classes in its last layer, but there are "
                    + labels + " labels; --synset FILE needs one line per class, in the network's order");
        }
    }
}
