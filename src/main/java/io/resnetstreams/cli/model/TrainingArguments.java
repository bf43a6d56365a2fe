package io.resnetstreams.cli.model;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.model.train.TrainingOptions;
import io.resnetstreams.model.train.TrainingOptions.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say how a network learns. */
final class TrainingArguments {
    enum ScheduleName {
        cosine,
        step
    }

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "30", description = "Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "64", description = "Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            defaultValue = "0.08",
            description = "The highest (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            defaultValue = "cosine",
            description = "How the learning rate falls: cosine, or step: a tenth at 1/2 and 3/4 (default: cosine).")
    private ScheduleName schedule;

    @Option(
            names = "--warm-up-epochs",
            paramLabel = "X",
            defaultValue = "1",
            description = "Default: ${DEFAULT-VALUE}.")
    private double warmUpEpochs;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "5e-4",
            description = "On convolutions and the dense layer only (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(
            names = "--moving-average",
            paramLabel = "X",
            defaultValue = "0.999",
            description = "Decay of the moving average that becomes the model, per step (default: ${DEFAULT-VALUE}).")
    private double movingAverage;

    @Option(
            names = "--label-smoothing",
            paramLabel = "X",
            defaultValue = "0",
            description = "Default: ${DEFAULT-VALUE}.")
    private double labelSmoothing;

    @Option(
            names = "--crop-border",
            paramLabel = "N",
            defaultValue = "2",
            description = "Pixels around the image for random crops (default: ${DEFAULT-VALUE}).")
    private int cropBorder;

    @Option(names = "--no-flip", description = "No random horizontal flips.")
    private boolean noFlip;

    @Option(
            names = "--erasing-probability",
            paramLabel = "X",
            defaultValue = "0",
            description = "How often a random rectangle is erased (default: ${DEFAULT-VALUE}).")
    private double erasingProbability;

    @Option(
            names = "--patience",
            paramLabel = "N",
            defaultValue = "0",
            description = {
                "Ends after N epochs without a better accuracy on the held-out images; the model is then the best one's.",
                "0: all epochs, and the model is the last one's (default: ${DEFAULT-VALUE})."
            })
    private int patience;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets a limit of image files, such as limits.maxPixels; repeatable.")
    private final Map<String, String> limits = new LinkedHashMap<>();

    /** Returns what image files are held to; another key than a limit is a mistake of the user. */
    ImageLimits imageLimits() {
        ConfigurationLoader loader = new ConfigurationLoader();
        limits.forEach((key, value) -> {
            if (!key.startsWith("limits.")) {
                throw UserErrorException.usage(
                        "--set " + key + ": a training has no such setting; keys that begin with limits. can be set");
            }
            loader.set(key, value, "--set");
        });
        return loader.load().limits().image();
    }

    long seed() {
        return seed;
    }

    /**
     * Returns them checked.
     *
     * @throws IllegalArgumentException if one is out of its range; the message names it
     */
    TrainingOptions options() {
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
}
