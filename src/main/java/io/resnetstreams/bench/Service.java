package io.resnetstreams.bench;

import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.fetch.ImageSource;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.ClassificationService;
import io.resnetstreams.inference.LabelFactory;
import io.resnetstreams.inference.LabelRanking;
import io.resnetstreams.inference.batch.BatchPolicy;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.Supervision;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.topology.EventClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** The pipeline's classification service, with counts of batches and the time that events spend in each stage. */
final class Service implements AutoCloseable {
    private static final Deserializer<LabelEvent> LABELS = LabelEvent.deserializer();

    /** As in the pipeline, but a call may take so long that no scenario replaces its worker. */
    private static final Supervision SUPERVISION = new Supervision(
            Supervision.LONGEST_TIMEOUT_MILLIS,
            () -> {
                throw new IllegalStateException("a benchmark has no spare classifier");
            },
            0);

    /** A classifier that does no work and returns the first class. */
    record ConstantNetwork(int classes) implements Classifier {
        @Override
        public float[][] classify(List<byte[]> images) {
            float[][] rows = new float[images.size()][classes];
            for (float[] row : rows) {
                row[0] = 1;
            }
            return rows;
        }
    }

    private final ServiceWork work = new ServiceWork();
    private final ClassificationService service;

    /** Starts the service with the classifiers of each device, which it closes, and a maximum batch size. */
    Service(List<List<Classifier>> devices, Preprocessing preprocessing, int classes, int largestBatch) {
        this(devices, preprocessing, classes, largestBatch, ImageSource.NONE);
    }

    /** Does the same for events that refer to images of a source. */
    Service(
            List<List<Classifier>> devices,
            Preprocessing preprocessing,
            int classes,
            int largestBatch,
            ImageSource images) {
        int imageBytes = preprocessing.width() * preprocessing.height() * 3;
        List<Batcher> batchers = new ArrayList<>();
        for (List<Classifier> classifiers : devices) {
            String name = "device-" + batchers.size();
            batchers.add(
                    new Batcher(name, classifiers, imageBytes, new BatchPolicy(largestBatch, 0), work, SUPERVISION));
        }
        List<String> labels =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        this.service = new ClassificationService(
                BenchSettings.PIPELINE.eventReader(),
                images,
                BenchSettings.preprocessor(preprocessing),
                Runtime.getRuntime().availableProcessors(),
                batchers,
                new LabelFactory(new LabelRanking(labels, 5), new ModelReference("bench", "0"), LabelEncoder.JSON),
                work);
    }

    /** Returns the service as the topology calls it. */
    EventClassifier classifier() {
        return EventClassifier.of(service::queue, service::startQueued);
    }

    /** Returns the same, which also records the time of each outcome for {@link #committed}. */
    EventClassifier timed() {
        return EventClassifier.of(this::queueTimed, service::startQueued);
    }

    private CompletableFuture<Outcome> queueTimed(RawEvent event) {
        CompletableFuture<Outcome> outcome = service.queue(event);
        outcome.whenComplete((done, failure) -> {
            if (failure == null) {
                work.classified(event.source());
            }
        });
        return outcome;
    }

    /** Records that a consumer has read the label of an event that was passed to {@link #timed}. */
    void committed(ConsumerRecord<byte[], byte[]> label) {
        work.committed(LABELS.deserialize(label.topic(), label.value()).source());
    }

    ServiceWork work() {
        return work;
    }

    @Override
    public void close() {
        service.close();
    }
}
