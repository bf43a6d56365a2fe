package io.resnetstreams.cli.model;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.data.LabelledImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The options that select labelled images. */
final class EvaluationData {
    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Directory of labelled images.")
    private Path data;

    @Option(
            names = "--expected",
            paramLabel = "TSV",
            description = "Tab-separated list of the files in --data and their class indexes.")
    private Path expected;

    @Option(
            names = "--expected-column",
            paramLabel = "NAME",
            description = "Name of the class index column in the header of the list (default: the second column).")
    private String expectedColumn;

    @Option(names = "--skip-broken", description = "Skip image files that can't be decoded, and list them.")
    private boolean skipBroken;

    Path path() {
        return data;
    }

    /** Reads the images for a model; passes on messages about the images that are used and skipped. */
    EvaluationSet read(ModelDirectory model, ImageLimits limits, Consumer<String> notices) {
        ImagePreprocessor preprocessor = new ImagePreprocessor(limits, model.preprocessing());
        try {
            EvaluationSet set = expected == null
                    ? EvaluationSet.read(data, model, preprocessor)
                    : EvaluationSet.read(data, expected, expectedColumn, model, preprocessor);
            set = skipBroken ? set.withoutBroken() : set;
            set.notices().forEach(notices);
            return set;
        } catch (IOException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /**
     * Returns samples for calibration, uint8 H×W×3 of the model's input size, spread over the data: training images of an IDX
     * data set, or else a part of the evaluation images.
     */
    List<byte[]> samples(ModelDirectory model, ImageLimits limits, int most) {
        try {
            EvaluationSet set = LabelledImages.isIdx(data)
                    ? EvaluationSet.readTraining(data, model, new ImagePreprocessor(limits, model.preprocessing()))
                    : read(model, limits, notice -> {}); // reported when the images are read for the evaluation
            return set.spread(most);
        } catch (IOException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Returns whether the samples are separate from the evaluation images. */
    boolean hasTrainingImages() {
        return LabelledImages.isIdx(data);
    }
}
