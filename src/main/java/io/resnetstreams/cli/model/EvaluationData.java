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

/** Images whose classes are known, as options of a command. */
final class EvaluationData {
    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Images and their classes.")
    private Path data;

    @Option(
            names = "--expected",
            paramLabel = "TSV",
            description = "List of files in --data and their class indexes, in columns separated by tabs.")
    private Path expected;

    @Option(
            names = "--expected-column",
            paramLabel = "NAME",
            description = "The class's column, by its name in the list's first line (default: the second).")
    private String expectedColumn;

    @Option(names = "--skip-broken", description = "Goes on without image files that can't be decoded, and names them.")
    private boolean skipBroken;

    Path path() {
        return data;
    }

    /**
     * Reads the images for a model; a mistake ends with exit code 2.
     *
     * @param notices told which images are used and which are not
     */
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
     * Returns samples to calibrate a model with: an IDX data set's training images, else of the images themselves.
     *
     * @return uint8 H×W×3 of the model's input size, spread over the data
     */
    List<byte[]> samples(ModelDirectory model, ImageLimits limits, int most) {
        try {
            EvaluationSet set = LabelledImages.isIdx(data)
                    ? EvaluationSet.readTraining(data, model, new ImagePreprocessor(limits, model.preprocessing()))
                    : read(model, limits, notice -> {}); // told when they are read to be measured
            return set.spread(most);
        } catch (IOException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Returns whether the samples are others than the images that are measured. */
    boolean hasTrainingImages() {
        return LabelledImages.isIdx(data);
    }
}
