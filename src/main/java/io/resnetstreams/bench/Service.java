package io.resnetstreams.bench;

import io.resnetstreams.events.EventLimits;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.BatchPolicy;
import io.resnetstreams.inference.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.Batcher;
import io.resnetstreams.inference.ClassificationService;
import io.resnetstreams.inference.InferenceMetrics;
import io.resnetstreams.inference.LabelRanking;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** The product's own way from an event to its label, with counts of batches. */
final class Service implements AutoCloseable {
    static final int LARGEST_BATCH = 32;

    private final LongAdder batches = new LongAdder();
    private final LongAdder images = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private final int workers;
    private final ClassificationService service;

    /**
     * Starts it.
     *
     * @param devices the classifiers of each device's workers; they are closed with the service
     * @param largestBatch the largest batch that is made
     */
    Service(List<List<Classifier>> devices, Preprocessing preprocessing, int classes, int largestBatch) {
        int imageBytes = preprocessing.width() * preprocessing.height() * 3;
        InferenceMetrics metrics = new InferenceMetrics() {
            @Override
            public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
                batches.increment();
                images.add(size);
                busyNanos.add(inferenceNanos);
            }
        };
        List<Batcher> batchers = new ArrayList<>();
        for (List<Classifier> classifiers : devices) {
            String name = "device-" + batchers.size();
            batchers.add(new Batcher(name, classifiers, imageBytes, new BatchPolicy(largestBatch, 0), metrics));
        }
        this.workers = devices.stream().mapToInt(List::size).sum();
        List<String> labels =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        this.service = new ClassificationService(
                new EventReader(new EventLimits(32, 4_096)),
                new ImagePreprocessor(ImageLimits.defaults(), preprocessing),
                Runtime.getRuntime().availableProcessors(),
                batchers,
                new LabelRanking(labels, 5),
                new ModelReference("bench", "0"),
                metrics);
    }

    ClassificationService service() {
        return service;
    }

    /** Returns the mean number of images in a batch, of all so far. */
    double meanBatch() {
        return (double) images.sum() / Math.max(1, batches.sum());
    }

    /** Returns the time that workers spent with batches, in all. */
    long busyNanos() {
        return busyNanos.sum();
    }

    int workers() {
        return workers;
    }

    @Override
    public void close() {
        service.close();
    }
}
