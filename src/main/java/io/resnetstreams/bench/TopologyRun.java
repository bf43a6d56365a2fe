package io.resnetstreams.bench;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.topology.EventClassifier;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.StreamsProperties;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.ValueMapper;

/**
 * A measurement of committed outcomes per second, with its own topics and group. A topology runs once; then the topics that
 * were created for it are deleted.
 *
 * @param keys keys of the configuration that differ from the defaults, as {@code key=value}
 * @param firstCommits the time after the first commit from which on the rate is measured
 * @param processorTime that of the threads of this run
 */
record TopologyRun(
        KafkaSetup kafka,
        Configuration configuration,
        List<String> keys,
        List<String> created,
        Duration firstCommits,
        ProcessorTime processorTime)
        implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(20);

    /** Returns the same measurement, whose rate is measured from this time after the first commit on. */
    TopologyRun after(Duration warmUp) {
        return new TopologyRun(kafka, configuration, keys, created, warmUp, processorTime);
    }

    PipelineSettings settings() {
        return configuration.pipelineSettings();
    }

    String input() {
        return configuration.topics().input();
    }

    String labels() {
        return configuration.topics().labels();
    }

    /** Runs the pipeline, and closes this. */
    double pipeline(EventClassifier classifier, int seconds) {
        return pipeline(classifier, seconds, label -> {});
    }

    /** Does the same, and passes on each label that a {@code read_committed} consumer has read. */
    double pipeline(EventClassifier classifier, int seconds, Consumer<ConsumerRecord<byte[], byte[]>> onCommitted) {
        try (TopologyRun run = this;
                Pipeline pipeline = Pipeline.create(settings(), classifier, TopologyMetrics.NONE)) {
            return run.rate(pipeline, seconds, onCommitted);
        }
    }

    /** Runs the pipeline with a classifier that returns a label without any work, and closes this. */
    double constant(int seconds) {
        try (ConstantClassifier classifier = new ConstantClassifier(InferenceMetrics.NONE)) {
            return pipeline(classifier, seconds);
        }
    }

    /** Starts a pipeline, and measures its labels. */
    double rate(Pipeline pipeline, int seconds, Consumer<ConsumerRecord<byte[], byte[]>> onCommitted) {
        pipeline.start();
        double rate = committedRate(seconds, onCommitted);
        if (pipeline.failure() != null) {
            throw new IllegalStateException("the pipeline failed", pipeline.failure());
        }
        return rate;
    }

    /** Runs Kafka Streams' {@code mapValues} with the pipeline's properties, and closes this. */
    double mapValues(ValueMapper<byte[], byte[]> mapper, int threads, int seconds) {
        return other(
                events -> events.mapValues(mapper), Map.of(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads), seconds);
    }

    /** Runs another topology with the pipeline's properties and {@code more}, and closes this. */
    double other(UnaryOperator<KStream<byte[], byte[]>> topology, Map<String, Object> more, int seconds) {
        try (TopologyRun run = this) {
            StreamsBuilder builder = new StreamsBuilder();
            topology.apply(builder.stream(input(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())))
                    .to(labels(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
            Properties properties = StreamsProperties.of(settings());
            properties.putAll(more);
            KafkaStreams streams = new KafkaStreams(builder.build(), properties);
            try {
                streams.start();
                return run.committedRate(seconds, label -> {});
            } finally {
                streams.close(Duration.ofSeconds(20));
            }
        }
    }

    /** Returns the committed labels a second. Each label is passed on when it is read, also if it is not counted. */
    double committedRate(int seconds, Consumer<ConsumerRecord<byte[], byte[]>> onCommitted) {
        try (TopicReader reader = kafka.reader(labels())) {
            long start = System.nanoTime();
            CommittedRate rate = new CommittedRate(firstCommits);
            long read = 0;
            while (!rate.isMeasured(seconds * 1_000_000_000L, System.nanoTime())) {
                ConsumerRecords<byte[], byte[]> records = reader.poll(POLL);
                if (!records.isEmpty()) {
                    rate.add(records.count(), System.nanoTime());
                    if (rate.count() == 0) {
                        processorTime.begin();
                    }
                    read += records.count();
                    kafka.topUp(input(), read);
                    records.forEach(onCommitted);
                } else if (System.nanoTime() - rate.lastOr(start) > TIMEOUT.toNanos()) {
                    throw new IllegalStateException("no record on " + labels() + " for " + TIMEOUT.toSeconds() + " s");
                }
            }
            processorTime.end(rate.count());
            return rate.perSecond();
        }
    }

    @Override
    public void close() {
        kafka.delete(created);
    }
}
