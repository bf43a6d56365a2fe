package io.resnetstreams.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Trains a ResNet on labelled images and leaves a model directory, rewritten after every epoch. The model is that of the
 * last epoch; the test images only measure it, they choose nothing.
 */
public final class ResNetTrainer {
    public static final String LOG_FILE = "training-log.jsonl";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelDescription description;
    private final List<String> labels;
    private final TrainingOptions options;
    private final LabelledImages train;
    private final LabelledImages test;
    private final Consumer<Integer> onImages;
    private final SplittableRandom random;
    private final ByteBuffer buffer;

    /** What one epoch came to; a line of the log. Rates are shares of 1. */
    @JsonPropertyOrder({"epoch", "loss", "trainAccuracy", "testAccuracy", "learningRate", "imagesPerSecond", "seconds"})
    public record Epoch(
            int epoch,
            double loss,
            double trainAccuracy,
            double testAccuracy,
            double learningRate,
            double imagesPerSecond,
            double seconds) {}

    /**
     * @param description what the model will say of itself, but for accuracy and digests
     * @param onImages told after each step how many images it had
     */
    public ResNetTrainer(
            ModelDescription description,
            List<String> labels,
            TrainingOptions options,
            LabelledImages train,
            LabelledImages test,
            Consumer<Integer> onImages) {
        this.description = description;
        this.labels = List.copyOf(labels);
        this.options = options;
        this.train = train;
        this.test = test;
        this.onImages = onImages;
        this.random = new SplittableRandom(options.seed());
        this.buffer = ByteBuffer.allocateDirect(options.batchSize() * train.width() * train.height() * 3)
                .order(ByteOrder.nativeOrder());
    }

    /** Trains all epochs, each with a line in the log and a call of {@code onEpoch}. */
    public void train(Path directory, Consumer<Epoch> onEpoch) throws IOException {
        Files.createDirectories(directory);
        Path log = directory.resolve(LOG_FILE);
        Files.deleteIfExists(log);
        ResNetArchitecture architecture = ResNetArchitecture.of(description.architecture());
        try (TrainableNetwork network = new TrainableNetwork(
                architecture, labels.size(), description.normalisation(), options.weightDecay(), options.seed())) {
            for (int epoch = 1; epoch <= options.epochs(); epoch++) {
                Epoch result = epoch(network, epoch);
                String line = JSON.writeValueAsString(result) + "\n";
                Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                ModelDirectory.write(directory, described(result), labels, network.values());
                onEpoch.accept(result);
            }
        }
    }

    private Epoch epoch(TrainableNetwork network, int epoch) {
        long start = System.nanoTime();
        int[] order = shuffled(train.size());
        int steps = train.size() / options.batchSize();
        Augmentation augmentation = new Augmentation(
                train.width(), train.height(), options.cropBorder(), options.flip(), options.erasingProbability());
        double loss = 0;
        long right = 0;
        double rate = 0;
        for (int step = 0; step < steps; step++) {
            rate = options.learningRateAt((long) (epoch - 1) * steps + step, steps);
            int[] classes = new int[options.batchSize()];
            buffer.clear();
            for (int i = 0; i < classes.length; i++) {
                int index = order[step * classes.length + i];
                classes[i] = train.classes()[index];
                augmentation.put(train.pixels().get(index), buffer, random);
            }
            TrainableNetwork.StepResult result =
                    network.step(buffer.flip(), shape(classes.length), classes, rate, options.labelSmoothing());
            loss += result.loss();
            right += result.right();
            onImages.accept(classes.length);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long seen = (long) steps * options.batchSize();
        return new Epoch(
                epoch,
                rounded(loss / steps),
                rounded((double) right / seen),
                accuracy(network),
                rate,
                rounded(seen / seconds),
                rounded(seconds));
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

    private int[] shuffled(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private ModelDescription described(Epoch epoch) {
        ModelDescription.Provenance given = description.provenance();
        ModelDescription.Provenance reached = new ModelDescription.Provenance(
                given.source(),
                given.dataset(),
                given.commandLine(),
                epoch.epoch(),
                options.seed(),
                LOG_FILE,
                epoch.testAccuracy(),
                test.size());
        return description.withProvenance(reached);
    }

    private static double rounded(double value) {
        return Math.round(value * 1e5) / 1e5;
    }
}
