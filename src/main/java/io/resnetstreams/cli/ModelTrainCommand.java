package io.resnetstreams.cli;

import io.resnetstreams.model.LabelledImages;
import io.resnetstreams.model.LabelledImages.Split;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ResNetArchitecture;
import io.resnetstreams.model.ResNetTrainer;
import io.resnetstreams.model.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network. */
@Command(
        name = "train",
        description = {
            "Trains a network on an IDX data set (train-images-idx3-ubyte.gz and so on) and writes a model directory.",
            "The model is that of the last epoch; the test images only measure it."
        },
        footer = "%nExample: resnet-streams model train --data /usr/share/datasets/fashion-mnist"
                + " --synset synset.txt --out models/mine --epochs 30")
final class ModelTrainCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Directory of the IDX files.")
    private Path data;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Model directory to write.")
    private Path out;

    @Option(names = "--synset", paramLabel = "FILE", description = "Labels by class, one a line (default: 0, 1, …).")
    private Path synset;

    @Option(
            names = "--architecture",
            paramLabel = "NAME",
            defaultValue = "resnet20",
            description = "Architecture (default: ${DEFAULT-VALUE}).")
    private String architecture;

    @Option(names = "--licence", paramLabel = "TEXT", description = "Licence of the data and so of the model.")
    private String licence;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "30", description = "Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "128", description = "Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            defaultValue = "0.1",
            description = "Default: ${DEFAULT-VALUE}.")
    private double learningRate;

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
            description = "Default: ${DEFAULT-VALUE}.")
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

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--resume", description = "Goes on from the checkpoint in --out, if there is one.")
    private boolean resume;

    @Override
    public Integer call() throws IOException {
        LabelledImages train = read(Split.TRAIN);
        LabelledImages test = read(Split.TEST);
        int classes = 1 + Arrays.stream(train.classes()).max().orElse(0);
        List<String> labels = labels(classes);
        try {
            TrainingOptions options = new TrainingOptions(
                    epochs,
                    batchSize,
                    learningRate,
                    warmUpEpochs,
                    weightDecay,
                    movingAverage,
                    labelSmoothing,
                    cropBorder,
                    !noFlip,
                    erasingProbability,
                    seed);
            ResNetArchitecture.of(architecture);
            train(options, train, test, labels);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
        return 0;
    }

    private void train(TrainingOptions options, LabelledImages train, LabelledImages test, List<String> labels)
            throws IOException {
        long images = (long) (train.size() / options.batchSize()) * options.batchSize() * options.epochs();
        try (ProgressBar progress = Terminal.progressBar("train", images)) {
            ResNetTrainer trainer = new ResNetTrainer(description(train), labels, options, train, test, count -> {
                if (progress != null) {
                    progress.stepBy(count);
                }
            });
            trainer.train(out, resume, epoch -> report(epoch));
        }
        output.text().println("written to " + out);
    }

    private void report(ResNetTrainer.Epoch epoch) {
        output.printJson(epoch);
        output.text()
                .printf(
                        "epoch %d of %d: loss %.4f, train %.2f %%, test %.2f %%, %.0f images/s%n",
                        epoch.epoch(),
                        epochs,
                        epoch.loss(),
                        epoch.trainAccuracy() * 100,
                        epoch.testAccuracy() * 100,
                        epoch.imagesPerSecond());
    }

    private LabelledImages read(Split split) {
        if (!Files.isDirectory(data)) {
            throw UserErrorException.usage("--data " + data + ": there is no such directory");
        }
        try {
            return LabelledImages.readIdx(data, split);
        } catch (IOException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private List<String> labels(int classes) throws IOException {
        if (synset == null) {
            List<String> numbers = new ArrayList<>();
            for (int i = 0; i < classes; i++) {
                numbers.add(Integer.toString(i));
            }
            return numbers;
        }
        List<String> labels = SynsetFile.read(synset);
        if (labels.size() != classes) {
            throw UserErrorException.usage(
                    "--synset " + synset + " has " + labels.size() + " labels; the data has " + classes + " classes");
        }
        return labels;
    }

    private ModelDescription description(LabelledImages train) {
        return new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                out.toAbsolutePath().getFileName().toString(),
                architecture,
                train.width(),
                train.height(),
                0,
                Collections.nCopies(3, mean(train)),
                Collections.nCopies(3, deviation(train)),
                5,
                ModelDescription.FP32,
                new ModelDescription.Provenance(
                        "trained", data.getFileName().toString(), CommandLines.of(spec), null, null, null, null, null),
                licence,
                Map.of());
    }

    private static double mean(LabelledImages images) {
        double sum = 0;
        long count = 0;
        for (byte[] pixels : images.pixels()) {
            for (byte value : pixels) {
                sum += value & 0xFF;
            }
            count += pixels.length;
        }
        return Rounding.to(4, sum / count / 255);
    }

    private static double deviation(LabelledImages images) {
        double mean = mean(images);
        double sum = 0;
        long count = 0;
        for (byte[] pixels : images.pixels()) {
            for (byte value : pixels) {
                double difference = (value & 0xFF) / 255.0 - mean;
                sum += difference * difference;
            }
            count += pixels.length;
        }
        return Rounding.to(4, Math.sqrt(sum / count));
    }
}
