package io.resnetstreams.cli.model;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.common.Rounding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How many of a class's images were classified right; a share of 1. */
@JsonPropertyOrder({"label", "images", "accuracy"})
record ClassAccuracy(String label, int images, double accuracy) {
    /** Reads them from counts of right classes by predicted ones. */
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
