package io.resnetstreams.bench;

import io.resnetstreams.metrics.PipelineMetrics;
import io.resnetstreams.metrics.PipelineMonitor;
import io.resnetstreams.metrics.ScalingSignal;
import io.resnetstreams.metrics.ScalingSignal.ScalingTargets;
import io.resnetstreams.topology.EventClassifier;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.StreamsProperties;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.ValueMapper;

/** Runs a topology on existing events, and measures committed outcomes per second. */
public final class TopologyRun {
    private TopologyRun() {}

    /** Runs the pipeline. */
    public static double pipeline(KafkaSetup kafka, EventClassifier classifier, int seconds) throws Exception {
        return pipeline(kafka, kafka.settings(), classifier, seconds, label -> {});
    }

    /**
     * Runs the pipeline with these settings.
     *
     * @param onCommitted called with each label that a {@code read_committed} consumer has read
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

    /** Runs the pipeline with metrics, which are scraped every second. */
    public static double pipelineWithMetrics(
            KafkaSetup kafka, PipelineMetrics metrics, EventClassifier classifier, int seconds) throws Exception {
        PipelineSettings settings = kafka.settings();
        try (Scraper scraper = new Scraper(metrics.handler());
                Pipeline pipeline = Pipeline.create(settings, classifier, metrics.counts())) {
            ScalingTargets targets = BenchSettings.PIPELINE.scaling();
            PipelineMonitor monitor = metrics.watch(
                    pipeline, kafka.groupSource(settings), Set.of(), new ScalingSignal(targets, System::nanoTime));
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
            throw new IllegalStateException("the pipeline failed", pipeline.failure());
        }
        return rate;
    }

    /** Builds a topology that reads the input topic and writes to the label topic. */
    @FunctionalInterface
    public interface TopologyOf {
        /** Builds the topology for these topics. */
        Topology build(PipelineSettings settings);
    }

    /** Runs Kafka Streams' {@code mapValues} with the pipeline's properties. */
    public static double mapValues(KafkaSetup kafka, ValueMapper<byte[], byte[]> mapper, int threads, int seconds)
            throws Exception {
        return other(
                kafka,
                settings -> {
                    StreamsBuilder builder = new StreamsBuilder();
                    builder.stream(settings.topics().input(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                            .mapValues(mapper)
                            .to(settings.topics().labels(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
                    return builder.build();
                },
                threads,
                Map.of(),
                seconds);
    }

    /** Runs another topology with the pipeline's properties, overridden by {@code more}. */
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
