package io.resnetstreams.cli.model;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.data.LabelledImages;
import io.resnetstreams.model.train.Evaluation;
import io.resnetstreams.model.train.ResNetTrainer;
import io.resnetstreams.model.train.ResNetTrainer.Epoch;
import io.resnetstreams.report.Charts;
import io.resnetstreams.report.Charts.LearningCurve;
import io.resnetstreams.service.ClassificationStack;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reports a trained model: the accuracy of each class, the confusion matrix and the learning curve. */
final class TrainedModelReport {
    private static final int BATCH = 32;

    private TrainedModelReport() {}

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

    /** Classifies the held-out images with the written model, and draws the pictures in its directory. */
    static void write(Path directory, LabelledImages heldOut, PrintStream text) throws IOException {
        Path curve = directory.resolve("learning-curve.svg");
        Charts.curves(
                curve,
                ModelDescription.nameOf(directory),
                "accuracy",
                List.of(new LearningCurve(
                        "", ResNetTrainer.log(directory), Epoch::trainAccuracy, Epoch::testAccuracy)));
        ModelDirectory model =
                ClassificationStack.model(directory.toAbsolutePath().toString());
        EvaluationSet set = EvaluationSet.of(heldOut);
        int[][] counts = set.confusion(predicted(model, set), model.labels().size());
        print(text, ClassAccuracy.of(model.labels(), counts));
        Path confusion = directory.resolve("confusion.svg");
        Charts.confusion(confusion, model.labels(), counts);
        text.println("written to " + directory + "; pictures: " + curve.getFileName() + ", " + confusion.getFileName());
    }

    /** Prints a line for each class that has images. */
    static void print(PrintStream text, List<ClassAccuracy> classes) {
        classes.stream()
                .filter(row -> row.images() > 0)
                .forEach(row ->
                        text.printf("  %-28s %6.2f %% of %,d%n", row.label(), row.accuracy() * 100, row.images()));
    }

    private static int[] predicted(ModelDirectory model, EvaluationSet set) {
        try (DeviceModel loaded = DeviceModel.load(model, 1, BATCH)) {
            int[] predicted =
                    Evaluation.run(set, loaded.classifiers(), BATCH, 1).predicted();
            loaded.classifiers().forEach(Classifier::close);
            return predicted;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UserErrorException.shortfall("interrupted", e);
        }
    }
}
