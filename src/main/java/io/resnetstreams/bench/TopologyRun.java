package io.resnetstreams.bench;

import io.resnetstreams.metrics.KafkaMetricList;
import io.resnetstreams.metrics.PipelineMetrics;
import io.resnetstreams.metrics.PipelineMonitor;
import io.resnetstreams.metrics.ScalingSignal;
import io.resnetstreams.metrics.ScalingTargets;
import io.resnetstreams.topology.EventClassifier;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.StreamsProperties;
import io.resnetstreams.topology.TopologyMetrics;
import io.resnetstreams.web.LivePage;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;

/** Runs a topology over the events that lie ready, and measures how fast its committed outcomes come. */
public final class TopologyRun {
    private TopologyRun() {}

    /** The pipeline's own topology. */
    public static double pipeline(KafkaSetup kafka, EventClassifier classifier, int seconds) throws Exception {
        return pipeline(kafka, kafka.settings(), classifier, seconds, label -> {});
    }

    /**
     * The pipeline's own topology with these settings.
     *
     * @param onCommitted told each label's record as soon as a {@code read_committed} reader has it
     */
    public static double pipeline(
            KafkaSetup kafka,
            PipelineSettings settings,
            EventClassifier classifier,
            int seconds,
            Consumer<ConsumerRecord<byte[], byte[]>> onCommitted)
            throws Exception {
        try (Pipeline pipeline = Pipeline.create(settings, classifier, TopologyMetrics.NONE)) {
            return rate(kafka, settings, pipeline, seconds, onCommitted);
        } finally {
            kafka.delete(settings);
        }
    }

    /** The pipeline's own topology with metrics as {@code run} has them, asked for once a second, and its page. */
    public static double pipelineWithMetrics(
            KafkaSetup kafka, PipelineMetrics metrics, LivePage page, EventClassifier classifier, int seconds)
            throws Exception {
        PipelineSettings settings = kafka.settings();
        try (Scraper scraper = new Scraper(metrics.handler());
                Pipeline pipeline = Pipeline.create(
                        settings, classifier, TopologyMetrics.both(metrics.topology(), page.topology()))) {
            KafkaMetricList none = new KafkaMetricList(Set.of());
            ScalingTargets targets = new ScalingTargets(60_000, 0.9, 1, 60_000);
            PipelineMonitor monitor = metrics.watch(
                    pipeline, kafka.groupSource(settings), none, new ScalingSignal(targets, System::nanoTime));
            try {
                double rate = rate(kafka, settings, pipeline, seconds, label -> {});
                scraper.requireAnswers();
                return rate;
            } finally {
                monitor.close();
            }
        } finally {
            kafka.delete(settings);
        }
    }

    private static double rate(
            KafkaSetup kafka,
            PipelineSettings settings,
            Pipeline pipeline,
            int seconds,
            Consumer<ConsumerRecord<byte[], byte[]>> onCommitted) {
        pipeline.start();
        double rate = kafka.committedRate(settings.topics().labels(), seconds, onCommitted);
        if (pipeline.failure() != null) {
            throw new IllegalStateException("the pipeline ended", pipeline.failure());
        }
        return rate;
    }

    /** Makes a topology that reads the settings' input and writes to its labels topic. */
    @FunctionalInterface
    public interface TopologyOf {
        Topology build(PipelineSettings settings);
    }

    /** Another topology with the same properties of Kafka Streams and its clients, but for those given. */
    public static double other(
            KafkaSetup kafka, TopologyOf topology, int threads, Map<String, Object> more, int seconds)
            throws Exception {
        PipelineSettings settings = kafka.settings();
        Properties properties = StreamsProperties.of(settings);
        properties.put("num.stream.threads", threads);
        properties.putAll(more);
        KafkaStreams streams = new KafkaStreams(topology.build(settings), properties);
        try {
            streams.start();
            return kafka.committedRate(settings.topics().labels(), seconds);
        } finally {
            streams.close(Duration.ofSeconds(20));
            kafka.delete(settings);
        }
    }
}
