package io.resnetstreams.config;

import static io.resnetstreams.config.Checks.named;
import static io.resnetstreams.config.Checks.requireRange;

import io.resnetstreams.events.EventLimits;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.inference.batch.BatchPolicy;
import io.resnetstreams.inference.batch.Supervision;
import io.resnetstreams.inference.engine.BatchCalibration;
import io.resnetstreams.inference.engine.DeviceSelector;
import io.resnetstreams.kafka.Connection;
import io.resnetstreams.kafka.KafkaProperties;
import io.resnetstreams.metrics.KafkaMetricList;
import io.resnetstreams.metrics.ScalingTargets;
import io.resnetstreams.topology.Guarantee;
import io.resnetstreams.topology.InFlightLimits;
import io.resnetstreams.topology.OnGap;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.Topics;
import java.time.Duration;
import java.util.Map;

/**
 * The pipeline's configuration, checked; its keys are those of {@code topology/pipeline.yaml}, where each is explained.
 * Defaults stand there alone.
 */
public record Configuration(
        String applicationId,
        String bootstrapServers,
        long brokerTimeoutMillis,
        String guarantee,
        int streamThreads,
        TopicsSection topics,
        InputSection input,
        String model,
        String device,
        BatchSection batch,
        DecodeSection decode,
        WindowSection window,
        LimitsSection limits,
        int statusSeconds,
        MetricsSection metrics,
        WebSection web,
        HealthSection health,
        ScalingSection scaling,
        long shutdownTimeoutMillis,
        Map<String, String> kafka) {
    private static final int MOST_THREADS = 256;

    public Configuration {
        if (!applicationId.matches("[a-zA-Z0-9._-]{1,200}")) {
            throw new IllegalArgumentException("applicationId is '" + applicationId
                    + "'; allowed are 1 to 200 of the characters a-z, A-Z, 0-9, '.', '_' and '-'");
        }
        if (!bootstrapServers.matches("[^:,\\s]+:\\d{1,5}(,[^:,\\s]+:\\d{1,5})*|(\\[[0-9a-fA-F:]+]:\\d{1,5},?)+")) {
            throw new IllegalArgumentException(
                    "bootstrapServers is '" + bootstrapServers + "'; HOST:PORT is needed, several separated by commas");
        }
        requireRange("brokerTimeoutMillis", brokerTimeoutMillis, 100, 3_600_000);
        Guarantee.of(guarantee);
        requireRange("streamThreads", streamThreads, 1, MOST_THREADS);
        DeviceSelector.requireValid(device);
        requireRange("statusSeconds", statusSeconds, 0, 86_400);
        requireRange("shutdownTimeoutMillis", shutdownTimeoutMillis, 100, 3_600_000);
    }

    /** Topics and what {@code topics} creates. */
    public record TopicsSection(
            String input,
            String labels,
            String deadLetters,
            int partitions,
            int replicationFactor,
            int maxMessageBytes) {
        public TopicsSection {
            named("topics", () -> new Topics(input, labels, deadLetters));
            requireRange("topics.partitions", partitions, 1, 100_000);
            if (replicationFactor != -1) {
                requireRange("topics.replicationFactor", replicationFactor, 1, Short.MAX_VALUE);
            }
            requireRange("topics.maxMessageBytes", maxMessageBytes, 1_024, 1 << 30);
        }

        public Topics names() {
            return new Topics(input, labels, deadLetters);
        }
    }

    /** What is done about the input topic. */
    record InputSection(String onGap) {
        InputSection {
            named("input", () -> OnGap.of(onGap));
        }
    }

    /** How batches are made. */
    public record BatchSection(
            int maxSize, boolean calibrate, long maxDelayMillis, long timeoutMillis, int workersPerDevice) {
        /** A machine that does much else may take several times as long as when it was measured. */
        private static final int CALIBRATED_TIMES = 20;

        private static final long SHORTEST_CALIBRATED_MILLIS = 30_000;

        public BatchSection {
            named("batch", () -> new BatchPolicy(maxSize, maxDelayMillis));
            if (timeoutMillis != 0
                    && (timeoutMillis < Supervision.SHORTEST_TIMEOUT_MILLIS
                            || timeoutMillis > Supervision.LONGEST_TIMEOUT_MILLIS)) {
                throw new IllegalArgumentException("batch.timeoutMillis is " + timeoutMillis + "; allowed are 0 and "
                        + Supervision.SHORTEST_TIMEOUT_MILLIS + " to " + Supervision.LONGEST_TIMEOUT_MILLIS);
            }
            requireRange("batch.workersPerDevice", workersPerDevice, 0, MOST_THREADS);
        }

        public BatchPolicy policy(BatchCalibration calibration) {
            return new BatchPolicy(size(calibration), maxDelayMillis);
        }

        /** Returns how long a device may take for a batch, in milliseconds. */
        public long timeoutMillis(BatchCalibration calibration) {
            if (timeoutMillis > 0) {
                return timeoutMillis;
            }
            long calibrated = CALIBRATED_TIMES * calibration.longestMillis(size(calibration));
            return Math.min(Supervision.LONGEST_TIMEOUT_MILLIS, Math.max(SHORTEST_CALIBRATED_MILLIS, calibrated));
        }

        /** Returns the largest batch that is made on a device. */
        public int size(BatchCalibration calibration) {
            return calibrate ? calibration.best() : maxSize;
        }
    }

    /** Who decodes. */
    record DecodeSection(int threads) {
        DecodeSection {
            requireRange("decode.threads", threads, 0, MOST_THREADS);
        }
    }

    /** What may be in flight. */
    public record WindowSection(int maxEvents, long maxBytes) {
        public WindowSection {
            named("window", () -> new InFlightLimits(maxEvents, maxBytes));
        }

        public InFlightLimits inFlight() {
            return new InFlightLimits(maxEvents, maxBytes);
        }
    }

    /** What an event may be. */
    public record LimitsSection(
            int maxImageBytes,
            int maxPixels,
            int maxEdge,
            int maxAspectRatio,
            int maxDecodeMillis,
            int maxJsonDepth,
            int maxJsonStringLength,
            int maxJsonNumberLength,
            int maxIdLength,
            int maxHeaders) {
        public LimitsSection {
            requireRange("limits.maxImageBytes", maxImageBytes, 1, Integer.MAX_VALUE);
            named("limits", () -> new ImageLimits(maxImageBytes, maxPixels, maxEdge, maxAspectRatio, maxDecodeMillis));
            named(
                    "limits",
                    () -> new EventLimits(
                            Integer.MAX_VALUE,
                            maxJsonDepth,
                            maxJsonStringLength,
                            maxJsonNumberLength,
                            maxIdLength,
                            maxHeaders));
        }

        public ImageLimits image() {
            return new ImageLimits(maxImageBytes, maxPixels, maxEdge, maxAspectRatio, maxDecodeMillis);
        }

        EventLimits event(int maxEventBytes) {
            return new EventLimits(
                    maxEventBytes, maxJsonDepth, maxJsonStringLength, maxJsonNumberLength, maxIdLength, maxHeaders);
        }
    }

    /** What the signal for an autoscaler aims at. */
    public record ScalingSection(long targetDrainMillis, double targetUtilisation, int minInstances, long holdMillis) {
        public ScalingSection {
            named("scaling", () -> new ScalingTargets(targetDrainMillis, targetUtilisation, minInstances, holdMillis));
        }

        public ScalingTargets targets() {
            return new ScalingTargets(targetDrainMillis, targetUtilisation, minInstances, holdMillis);
        }
    }

    /** Where metrics and health are told, and which of Kafka's own. */
    public record MetricsSection(boolean enabled, String host, int port, String kafka) {
        public MetricsSection {
            if (host.isBlank()) {
                throw new IllegalArgumentException(
                        "metrics.host is '" + host + "'; an address of this machine is needed, such as 127.0.0.1");
            }
            requireRange("metrics.port", port, 0, 65_535);
            KafkaMetricList.parse(kafka);
        }

        public KafkaMetricList kafkaList() {
            return KafkaMetricList.parse(kafka);
        }
    }

    /** What the page shows and does; {@code pictures} is {@code auto}, {@code true} or {@code false}. */
    public record WebSection(String pictures, boolean actions) {
        public WebSection {
            if (!pictures.matches("auto|true|false")) {
                throw new IllegalArgumentException(
                        "web.pictures is '" + pictures + "'; allowed are auto, true and false");
            }
        }

        /** Returns whether pictures are shown, of one's own samples or of events that may be private. */
        public boolean showsPictures(boolean ownSamples) {
            return pictures.equals("auto") ? ownSamples : pictures.equals("true");
        }
    }

    /** When an instance counts as dead. */
    public record HealthSection(long stallMillis) {
        public HealthSection {
            requireRange("health.stallMillis", stallMillis, 1_000, 3_600_000);
        }
    }

    /** Returns what an event may cost to read; one larger than the topics take could not be a dead letter as it is. */
    public EventLimits eventLimits() {
        return limits.event(topics.maxMessageBytes);
    }

    /** Returns it for a broker in this process, which needs none of what says how to reach another. */
    public Configuration forEmbeddedBroker(String servers) {
        return new Configuration(
                applicationId,
                servers,
                brokerTimeoutMillis,
                guarantee,
                streamThreads,
                topics,
                input,
                model,
                device,
                batch,
                decode,
                window,
                limits,
                statusSeconds,
                metrics,
                web,
                health,
                scaling,
                shutdownTimeoutMillis,
                KafkaProperties.withoutConnection(kafka));
    }

    public int decodeThreads() {
        return decode.threads > 0 ? decode.threads : Runtime.getRuntime().availableProcessors();
    }

    /** Returns how Kafka's clients reach the broker. */
    public Connection connection() {
        return new Connection(
                bootstrapServers,
                brokerTimeoutMillis,
                topics.names(),
                topics.partitions,
                (short) topics.replicationFactor,
                topics.maxMessageBytes,
                kafka);
    }

    /** Returns what the pipeline needs to know of Kafka, secrets included. */
    public PipelineSettings pipelineSettings() {
        return new PipelineSettings(
                applicationId,
                bootstrapServers,
                topics.names(),
                Guarantee.of(guarantee),
                streamThreads,
                topics.maxMessageBytes,
                window.inFlight(),
                OnGap.of(input.onGap),
                Duration.ofMillis(shutdownTimeoutMillis),
                KafkaProperties.resolve(kafka));
    }
}
