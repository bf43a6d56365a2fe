package io.resnetstreams.cli.model;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.common.Rounding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The share of a class's images that were classified correctly. */
@JsonPropertyOrder({"label", "images", "accuracy"})
record ClassAccuracy(String label, int images, double accuracy) {
    /** Computes the accuracy of each class from a confusion matrix: rows are true classes, columns predicted classes. */
    static List<ClassAccuracy> of(List<String> labels, int[][] confusion) {
        List<ClassAccuracy> classes = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            int images = Arrays.stream(confusion[i]).sum();
            double accuracy = images == 0 ? 0 : Rounding.to(4, (double) confusion[i][i] / images);
            classes.add(new ClassAccuracy(labels.get(i), images, accuracy));
        }
        return classes;
    }
}
