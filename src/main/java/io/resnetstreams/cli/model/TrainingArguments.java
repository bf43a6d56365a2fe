package io.resnetstreams.cli.model;

import io.resnetstreams.common.UnsupportedMachineException;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDescription.Provenance;
import io.resnetstreams.model.data.TrainingData;
import io.resnetstreams.model.network.MxNet;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.train.TrainingOptions;
import io.resnetstreams.model.train.TrainingOptions.Schedule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options for training. */
final class TrainingArguments {
    enum ScheduleName {
        cosine,
        step
    }

    @Option(names = "--epochs", paramLabel = "N", description = "Number of epochs (default: ${DEFAULT-VALUE}).")
    private int epochs = 30;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images per batch (default: ${DEFAULT-VALUE}).")
    private int batchSize = 64;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "Maximum learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate = 0.08;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description =
                    "Learning rate schedule: cosine, or step, which divides the rate by 10 after 1/2 and 3/4 of the epochs"
                            + " (default: ${DEFAULT-VALUE}).")
    private ScheduleName schedule = ScheduleName.cosine;

    @Option(
            names = "--warm-up-epochs",
            paramLabel = "X",
            defaultValue = "1",
            description = "Epochs in which the learning rate rises to its maximum (default: ${DEFAULT-VALUE}).")
    private double warmUpEpochs;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "5e-4",
            description = "Weight decay of convolutions and the dense layer (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(
            names = "--moving-average",
            paramLabel = "X",
            description =
                    "Decay per step of the moving average of the weights, which becomes the model (default: ${DEFAULT-VALUE}).")
    private double movingAverage = 0.999;

    @Option(
            names = "--label-smoothing",
            paramLabel = "X",
            defaultValue = "0",
            description = "Label smoothing (default: ${DEFAULT-VALUE}).")
    private double labelSmoothing;

    @Option(
            names = "--crop-border",
            paramLabel = "N",
            description = "Padding for random crops, in pixels (default: ${DEFAULT-VALUE}).")
    private int cropBorder = 2;

    @Option(names = "--no-flip", description = "Do not flip images at random.")
    private boolean noFlip;

    @Option(
            names = "--erasing-probability",
            paramLabel = "X",
            defaultValue = "0",
            description = "Probability that a random rectangle of an image is erased (default: ${DEFAULT-VALUE}).")
    private double erasingProbability;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description =
                    "Stop after N epochs without a higher accuracy on the held-out images, and keep the model of the best"
                            + " epoch. 0: run all epochs and keep the last model (default: ${DEFAULT-VALUE}).")
    private int patience = 0;

    @Option(names = "--seed", paramLabel = "N", description = "Random seed (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set a limit for image files, such as limits.maxPixels; repeatable.")
    private final Map<String, String> limits = new LinkedHashMap<>();

    ImageLimits imageLimits() {
        ConfigurationLoader loader = new ConfigurationLoader();
        limits.forEach((key, value) -> {
            if (!key.startsWith("limits.")) {
                throw UserErrorException.usage(
                        "--set " + key + ": only keys that begin with limits. can be set for a training");
            }
            loader.set(key, value, "--set");
        });
        return loader.load().limits().image();
    }

    long seed() {
        return seed;
    }

    /**
     * Returns the options. Fails without MXNet, which trains, before any data is read; an {@link IllegalArgumentException} names
     * an option that is out of range.
     */
    TrainingOptions options() {
        try {
            MxNet.requireLibrary();
        } catch (UnsupportedMachineException e) {
            throw UserErrorException.usage("training needs MXNet: " + e.getMessage(), e);
        }
        return new TrainingOptions(
                epochs,
                batchSize,
                learningRate,
                schedule == ScheduleName.cosine ? Schedule.COSINE : Schedule.STEP,
                warmUpEpochs,
                weightDecay,
                movingAverage,
                labelSmoothing,
                cropBorder,
                !noFlip,
                erasingProbability,
                patience,
                seed);
    }

    /** Returns the description of a network that these images train. */
    static ModelDescription description(
            Path directory,
            ResNetArchitecture architecture,
            TrainingData images,
            Normalisation normalisation,
            int topK,
            Provenance provenance,
            String licence) {
        return new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                ModelDescription.nameOf(directory),
                architecture.name(),
                images.train().width(),
                images.train().height(),
                images.resizeShortEdge(),
                normalisation.mean(),
                normalisation.std(),
                topK,
                Precision.FP32,
                null,
                provenance,
                licence,
                Map.of());
    }
}
