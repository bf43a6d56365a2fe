package io.resnetstreams.bench;

import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
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

/** The pipeline's classification service, with counts of batches and the time that events spend in each stage. */
public final class Service implements AutoCloseable {
    /** The default maximum batch size. */
    public static final int LARGEST_BATCH =
            BenchSettings.PIPELINE.batch().policy().maxSize();

    private static final Deserializer<LabelEvent> LABELS = LabelEvent.deserializer();

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
     * Starts the service.
     *
     * @param devices the classifiers of each device; the service closes them
     * @param largestBatch the maximum batch size
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
                BenchSettings.PIPELINE.eventReader(),
                new ImagePreprocessor(BenchSettings.PIPELINE.limits().image(), preprocessing),
                Runtime.getRuntime().availableProcessors(),
                batchers,
                new LabelRanking(labels, 5),
                new ModelReference("bench", "0"),
                metrics);
    }

    /** Returns the service without the times until the commit. */
    public ClassificationService service() {
        return service;
    }

    /** Classifies an event and records the time of its outcome for {@link #committed}. */
    public CompletableFuture<Outcome> classify(RawEvent event) {
        CompletableFuture<Outcome> outcome = service.classify(event);
        outcome.whenComplete((done, failure) -> {
            if (failure == null) {
                metrics.classified(event.source());
            }
        });
        return outcome;
    }

    /** Records that a consumer has read the label of an event that was passed to {@link #classify}. */
    public void committed(ConsumerRecord<byte[], byte[]> label) {
        metrics.committed(LABELS.deserialize(label.topic(), label.value()).source());
    }

    /** Returns the counts so far. */
    public ServiceWork work() {
        return metrics.work();
    }

    /** Returns the number of workers of all devices. */
    public int workers() {
        return workers;
    }

    @Override
    public void close() {
        service.close();
    }
}
