package io.resnetstreams.bench;

import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.LabelEventSerde;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.ClassificationService;
import io.resnetstreams.inference.LabelRanking;
import io.resnetstreams.inference.batch.BatchPolicy;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.Supervision;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** The product's own way from an event to its label, with counts of batches and the time that events spend on it. */
public final class Service implements AutoCloseable {
    public static final int LARGEST_BATCH = 32;
    private static final Deserializer<LabelEvent> LABELS = LabelEventSerde.deserializer();

    /** As in the pipeline, but a call may take so long that no scenario replaces its worker. */
    private static final Supervision SUPERVISION = new Supervision(
            Supervision.LONGEST_TIMEOUT_MILLIS,
            () -> {
                throw new IllegalStateException("a benchmark has no spare classifier");
            },
            0);

    private final ServiceMetrics metrics = new ServiceMetrics();
    private final int workers;
    private final ClassificationService service;

    /**
     * Starts it.
     *
     * @param devices the classifiers of each device's workers; they are closed with the service
     * @param largestBatch the largest batch that is made
     */
    public Service(List<List<Classifier>> devices, Preprocessing preprocessing, int classes, int largestBatch) {
        int imageBytes = preprocessing.width() * preprocessing.height() * 3;
        List<Batcher> batchers = new ArrayList<>();
        for (List<Classifier> classifiers : devices) {
            String name = "device-" + batchers.size();
            batchers.add(
                    new Batcher(name, classifiers, imageBytes, new BatchPolicy(largestBatch, 0), metrics, SUPERVISION));
        }
        this.workers = devices.stream().mapToInt(List::size).sum();
        List<String> labels =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        this.service = new ClassificationService(
                new EventReader(new ConfigurationLoader().load().eventLimits()),
                new ImagePreprocessor(new ConfigurationLoader().load().limits().image(), preprocessing),
                Runtime.getRuntime().availableProcessors(),
                batchers,
                new LabelRanking(labels, 5),
                new ModelReference("bench", "0"),
                metrics);
    }

    public ClassificationService service() {
        return service;
    }

    /** Classifies as {@link #service} does, and notes when each outcome came, for {@link #committed}. */
    public CompletableFuture<Outcome> classify(RawEvent event) {
        CompletableFuture<Outcome> outcome = service.classify(event);
        outcome.whenComplete((done, failure) -> {
            if (failure == null) {
                metrics.classified(event.source());
            }
        });
        return outcome;
    }

    /** Notes that a reader has just got the label of an event that came through {@link #classify}. */
    public void committed(ConsumerRecord<byte[], byte[]> label) {
        metrics.committed(LABELS.deserialize(label.topic(), label.value()).source());
    }

    /** Returns what was done so far. */
    public ServiceWork work() {
        return metrics.work();
    }

    public int workers() {
        return workers;
    }

    @Override
    public void close() {
        service.close();
    }
}
