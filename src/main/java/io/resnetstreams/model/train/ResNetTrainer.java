package io.resnetstreams.model.train;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDescription.Provenance;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.data.LabelledImages;
import io.resnetstreams.model.data.TrainingData;
import io.resnetstreams.model.network.ResNetArchitecture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Trains a ResNet on labelled images and writes a model directory after every epoch. The model is the moving average of the
 * values after the last epoch. The held-out images only measure accuracy, except that with patience they choose the epoch.
 */
public final class ResNetTrainer {
    /** The name of the training log: one {@link Epoch} in JSON per line. */
    static final String LOG_FILE = "training-log.jsonl";

    private static final int DIGITS = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelDescription description;
    private final TrainingOptions options;
    private final List<String> labels;
    private final LabelledImages train;
    private final LabelledImages test;
    private final Map<String, float[]> start;
    private final Progress progress;
    private final ByteBuffer buffer;

    /** Receives each step of a training, on the thread that trains. */
    public interface Progress {
        /** Receives the epoch, counted from 1, and the number of images in the step. */
        void learnt(int epoch, int images);
    }

    /** The results of an epoch; accuracies are from 0 to 1. */
    public record Epoch(
            int epoch,
            double loss,
            double trainAccuracy,
            double testAccuracy,
            double learningRate,
            double imagesPerSecond,
            double seconds) {}

    /**
     * @param description the model's description, without accuracy and digests
     * @param start initial values by name; parameters without values, or with values of another size, are initialised
     *     randomly from the seed
     */
    public ResNetTrainer(
            ModelDescription description,
            TrainingOptions options,
            TrainingData data,
            Map<String, float[]> start,
            Progress progress) {
        this.description = description;
        this.options = options;
        this.labels = data.labels();
        this.train = data.train();
        this.test = data.heldOut();
        this.start = Map.copyOf(start);
        this.progress = progress;
        if (train.size() < options.batchSize() || test.size() == 0) {
            throw new IllegalArgumentException("batch size is " + options.batchSize() + "; there are " + train.size()
                    + " images to train with and " + test.size() + " held out");
        }
        long batchBytes = 3L * options.batchSize() * train.width() * train.height();
        if (batchBytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("batch size is " + options.batchSize() + "; images of " + train.width()
                    + "×" + train.height() + " make " + batchBytes + " bytes, but at most 2147483647 are possible");
        }
        this.buffer = ByteBuffer.allocateDirect((int) batchBytes).order(ByteOrder.nativeOrder());
    }

    /**
     * Trains all epochs. Each writes a line of the log and a checkpoint, and calls {@code onEpoch}.
     *
     * @param resume whether to resume from the directory's checkpoint; without a checkpoint training starts, unless the
     *     directory contains a finished training
     * @throws IllegalArgumentException if the checkpoint belongs to another training, or exists although {@code resume} is
     *     false
     */
    public void train(Path directory, boolean resume, Consumer<Epoch> onEpoch) throws IOException {
        Files.createDirectories(directory);
        Checkpoint checkpoint = new Checkpoint(directory.resolve(Checkpoint.FILE));
        Path log = directory.resolve(LOG_FILE);
        if (!resume) {
            checkpoint.requireNone();
        } else if (!checkpoint.exists()
                && Files.exists(log)
                && Files.exists(directory.resolve(ModelDirectory.DESCRIPTION_FILE))) {
            // That training is finished.
            return;
        }
        try (TrainableNetwork network = new TrainableNetwork(
                ResNetArchitecture.of(description.architecture()),
                labels.size(),
                description.normalisation(),
                options.weightDecay(),
                options.seed(),
                start)) {
            int done = resume ? checkpoint.read(network, training()) : 0;
            List<Epoch> epochs = truncate(log, done);
            for (int epoch = done + 1; epoch <= options.epochs() && !isPatienceOver(epochs); epoch++) {
                Epoch result = epoch(network, epoch);
                epochs.add(result);
                if (options.patience() == 0 || bestEpoch(epochs) == epoch) {
                    writeModel(directory, network, result);
                }
                // Before the checkpoint: resuming removes a surplus line, but could not restore a missing one.
                String line = JSON.writeValueAsString(result) + "\n";
                Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                checkpoint.write(network, training(), epoch);
                onEpoch.accept(result);
            }
        }
        checkpoint.delete();
    }

    /** Reads a training's log. */
    public static List<Epoch> log(Path directory) throws IOException {
        List<Epoch> epochs = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve(LOG_FILE))) {
            epochs.add(JSON.readValue(line, Epoch.class));
        }
        return epochs;
    }

    /** Returns the settings that must be the same to resume a training. */
    private Map<String, String> training() {
        return Map.of(
                "architecture", description.architecture(),
                "normalisation", description.normalisation().toString(),
                "labels", labels.toString(),
                "options", options.toString(),
                "images", train.size() + " of " + train.width() + "×" + train.height() + ", CRC-32 " + train.checksum(),
                "start", start.isEmpty() ? "random" : "values " + checksum(start));
    }

    private static int checksum(Map<String, float[]> values) {
        return values.entrySet().stream()
                .mapToInt(value -> 31 * value.getKey().hashCode() + Arrays.hashCode(value.getValue()))
                .sum();
    }

    /** Removes epochs after the checkpoint from the log, and returns the others. */
    private static List<Epoch> truncate(Path log, int epochs) throws IOException {
        List<String> lines = epochs > 0 && Files.exists(log) ? Files.readAllLines(log) : List.of();
        lines = lines.subList(0, Math.min(epochs, lines.size()));
        Files.write(log, lines);
        return log(log.getParent());
    }

    private boolean isPatienceOver(List<Epoch> epochs) {
        return options.patience() > 0 && epochs.size() - bestEpoch(epochs) >= options.patience();
    }

    /** Returns the number of the first epoch with the highest accuracy, counted from 1; 0 for none. */
    private static int bestEpoch(List<Epoch> epochs) {
        return epochs.stream()
                .max(Comparator.comparingDouble(Epoch::testAccuracy)
                        .thenComparing(Comparator.comparingInt(Epoch::epoch).reversed()))
                .map(Epoch::epoch)
                .orElse(0);
    }

    private void writeModel(Path directory, TrainableNetwork network, Epoch result) throws IOException {
        network.swapAverages();
        Map<String, float[]> values = network.values();
        network.swapAverages();
        ModelWriter.write(directory, described(result), labels, parameter -> values.get(parameter.name()));
    }

    private Epoch epoch(TrainableNetwork network, int epoch) {
        long start = System.nanoTime();
        SplittableRandom random = randomOf(epoch);
        int[] order = shuffled(train.size(), random);
        int steps = train.size() / options.batchSize();
        Augmentation augmentation = new Augmentation(
                train.width(), train.height(), options.cropBorder(), options.flip(), options.erasingProbability());
        double loss = 0;
        long right = 0;
        double rate = 0;
        for (int i = 0; i < steps; i++) {
            long step = (long) (epoch - 1) * steps + i;
            rate = options.learningRateAt(step, steps);
            int[] classes = new int[options.batchSize()];
            buffer.clear();
            for (int k = 0; k < classes.length; k++) {
                int index = order[i * classes.length + k];
                classes[k] = train.classes()[index];
                augmentation.put(train.pixels().get(index), buffer, random);
            }
            TrainableNetwork.StepResult result = network.step(
                    buffer.flip(),
                    shape(classes.length),
                    classes,
                    rate,
                    options.labelSmoothing(),
                    options.movingAverageAt(step));
            loss += result.loss();
            right += result.right();
            progress.learnt(epoch, classes.length);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long seen = (long) steps * options.batchSize();
        network.swapAverages();
        Epoch result = new Epoch(
                epoch,
                Rounding.to(DIGITS, loss / steps),
                Rounding.to(DIGITS, (double) right / seen),
                accuracy(network),
                rate,
                Rounding.to(DIGITS, seen / seconds),
                Rounding.to(DIGITS, seconds));
        network.swapAverages();
        return result;
    }

    private double accuracy(TrainableNetwork network) {
        long right = 0;
        for (int from = 0; from < test.size(); from += options.batchSize()) {
            int count = Math.min(options.batchSize(), test.size() - from);
            int[] classes = new int[count];
            buffer.clear();
            for (int i = 0; i < count; i++) {
                classes[i] = test.classes()[from + i];
                buffer.put(test.pixels().get(from + i));
            }
            right += network.countRight(buffer.flip(), shape(count), classes);
        }
        return (double) right / test.size();
    }

    private Shape shape(int count) {
        return new Shape(count, train.height(), train.width(), 3);
    }

    /** Returns an epoch's random generator, the same in a resumed training. */
    private SplittableRandom randomOf(int epoch) {
        SplittableRandom random = new SplittableRandom(options.seed());
        for (int i = 1; i < epoch; i++) {
            random.split();
        }
        return random.split();
    }

    private int[] shuffled(int size, SplittableRandom random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private ModelDescription described(Epoch epoch) {
        Provenance given = description.provenance();
        return description.withProvenance(new Provenance(
                given.source(),
                given.dataset(),
                given.commandLine(),
                epoch.epoch(),
                options.seed(),
                LOG_FILE,
                epoch.testAccuracy(),
                test.size(),
                null));
    }
}
