package io.resnetstreams.config;

import static io.resnetstreams.common.Ranges.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.events.EventLimits;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelSettings;
import io.resnetstreams.events.SchemaFields;
import io.resnetstreams.fetch.FetchSettings;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.inference.batch.BatchPolicy;
import io.resnetstreams.inference.batch.Supervision;
import io.resnetstreams.inference.engine.BatchCalibration;
import io.resnetstreams.inference.engine.DeviceSelector;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.inference.engine.OnnxProviders;
import io.resnetstreams.kafka.KafkaClients.Connection;
import io.resnetstreams.kafka.KafkaProperties;
import io.resnetstreams.kafka.SecretReferences;
import io.resnetstreams.kafka.TopicSettings;
import io.resnetstreams.metrics.KafkaMetrics;
import io.resnetstreams.metrics.ScalingSignal.ScalingTargets;
import io.resnetstreams.precision.PrecisionSettings;
import io.resnetstreams.registry.RegistrySettings;
import io.resnetstreams.registry.SchemaRegistry;
import io.resnetstreams.topology.Guarantee;
import io.resnetstreams.topology.InFlightLimits;
import io.resnetstreams.topology.OnGap;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The checked configuration of a pipeline. Its components are the keys of {@code topology/pipeline.yaml}, which explains
 * each key and contains the defaults. A check's message begins with the name of the component; the loader puts the
 * section before it.
 *
 * @param topicSettings the topics, and the settings with which {@code topics} creates them
 * @param window limits for the events in flight
 * @param references how images are fetched that events refer to
 * @param scaling targets of the autoscaling signal
 */
public record Configuration(
        String applicationId,
        String bootstrapServers,
        long brokerTimeoutMillis,
        String guarantee,
        int streamThreads,
        @JsonProperty("topics") TopicSettings topicSettings,
        InputSection input,
        String model,
        String device,
        String engine,
        OnnxRuntimeSection onnxruntime,
        PrecisionSettings precision,
        BatchSection batch,
        DecodeSection decode,
        InFlightLimits window,
        LimitsSection limits,
        LabelSettings labels,
        FetchSettings references,
        SchemaRegistrySection schemaRegistry,
        int statusSeconds,
        MetricsSection metrics,
        WebSection web,
        HealthSection health,
        ScalingTargets scaling,
        long shutdownTimeoutMillis,
        Map<String, String> kafka) {
    private static final int MOST_THREADS = 256;
    /** What a stream thread transfers easily, also if events have 100 KB; of 1 KB it transfers several times as many. */
    private static final double EVENTS_PER_STREAM_THREAD = 25_000;

    public Configuration {
        if (!applicationId.matches("[a-zA-Z0-9._-]{1,200}")) {
            throw new IllegalArgumentException("applicationId is '" + applicationId
                    + "'; allowed are 1 to 200 of the characters a-z, A-Z, 0-9, '.', '_' and '-'");
        }
        if (!bootstrapServers.matches("[^:,\\s]+:\\d{1,5}(,[^:,\\s]+:\\d{1,5})*|(\\[[0-9a-fA-F:]+]:\\d{1,5},?)+")) {
            throw new IllegalArgumentException(
                    "bootstrapServers is '" + bootstrapServers + "'; HOST:PORT is needed, several separated by commas");
        }
        require("brokerTimeoutMillis", brokerTimeoutMillis, 100, 3_600_000);
        Guarantee.of(guarantee);
        require("streamThreads", streamThreads, 0, MOST_THREADS);
        DeviceSelector.requireValid(device);
        EngineSelector.requireValid(engine);
        if (labels.writesAvro() && !schemaRegistry.server.exists()) {
            throw new IllegalArgumentException("labels.format is 'avro', which needs schemaRegistry.url");
        }
        require("statusSeconds", statusSeconds, 0, 86_400);
        require("shutdownTimeoutMillis", shutdownTimeoutMillis, 100, 3_600_000);
    }

    /** How the input topic is read. */
    record InputSection(String onGap) {
        InputSection {
            OnGap.of(onGap);
        }
    }

    /** How ONNX Runtime uses GPUs. */
    record OnnxRuntimeSection(String providers, long maxGpuMemoryBytes) {
        OnnxRuntimeSection {
            OnnxProviders.of(providers, maxGpuMemoryBytes);
        }
    }

    /** How images are batched, and how long a batch may take. */
    public record BatchSection(
            @JsonUnwrapped BatchPolicy policy, boolean calibrate, long timeoutMillis, int workersPerDevice) {
        /** A busy machine may take several times as long as it did during the calibration. */
        private static final int CALIBRATED_TIMES = 20;

        private static final long SHORTEST_CALIBRATED_MILLIS = 30_000;

        public BatchSection {
            if (timeoutMillis != 0
                    && (timeoutMillis < Supervision.SHORTEST_TIMEOUT_MILLIS
                            || timeoutMillis > Supervision.LONGEST_TIMEOUT_MILLIS)) {
                throw new IllegalArgumentException("timeoutMillis is " + timeoutMillis + "; allowed are 0 and "
                        + Supervision.SHORTEST_TIMEOUT_MILLIS + " to " + Supervision.LONGEST_TIMEOUT_MILLIS);
            }
            require("workersPerDevice", workersPerDevice, 0, MOST_THREADS);
        }

        /** Returns when a device takes a batch. */
        public BatchPolicy policy(BatchCalibration calibration) {
            return new BatchPolicy(size(calibration), policy.maxDelayMillis());
        }

        /** Returns how long a device may take for a batch, in milliseconds. */
        public long timeoutMillis(BatchCalibration calibration) {
            if (timeoutMillis > 0) {
                return timeoutMillis;
            }
            long calibrated = CALIBRATED_TIMES * calibration.longestMillis(size(calibration));
            return Math.min(Supervision.LONGEST_TIMEOUT_MILLIS, Math.max(SHORTEST_CALIBRATED_MILLIS, calibrated));
        }

        /** Returns the maximum batch size of a device. */
        public int size(BatchCalibration calibration) {
            return calibrate ? calibration.best() : policy.maxSize();
        }
    }

    /** The threads that decode. */
    record DecodeSection(int threads) {
        DecodeSection {
            require("threads", threads, 0, MOST_THREADS);
        }
    }

    /** Limits for events and images. */
    public record LimitsSection(@JsonUnwrapped ImageLimits image, @JsonUnwrapped EventLimits event) {}

    /** How to connect to the schema registry, and where images are in values by its schemas. */
    record SchemaRegistrySection(@JsonUnwrapped RegistrySettings server, @JsonUnwrapped SchemaFields fields) {}

    /** The HTTP server, and the Kafka metrics that it publishes. */
    public record MetricsSection(boolean enabled, String host, int port, String kafka) {
        public MetricsSection {
            if (host.isBlank()) {
                throw new IllegalArgumentException(
                        "host is '" + host + "'; an address of this machine is needed, such as 127.0.0.1");
            }
            require("port", port, 0, 65_535);
            KafkaMetrics.names(kafka);
        }

        /** Returns the Kafka metrics to publish. */
        public Set<String> kafkaList() {
            return KafkaMetrics.names(kafka);
        }
    }

    /** What the page shows and allows; {@code pictures} is {@code auto}, {@code true} or {@code false}. */
    public record WebSection(String pictures, boolean actions) {
        public WebSection {
            if (!pictures.matches("auto|true|false")) {
                throw new IllegalArgumentException("pictures is '" + pictures + "'; allowed are auto, true and false");
            }
        }

        /** Returns whether pictures are shown; {@code ownSamples} if the events are the demo's samples, not private data. */
        public boolean showsPictures(boolean ownSamples) {
            return pictures.equals("auto") ? ownSamples : pictures.equals("true");
        }
    }

    /** When {@code /health/live} reports a failure. */
    public record HealthSection(long stallMillis) {
        public HealthSection {
            require("stallMillis", stallMillis, 1_000, 3_600_000);
        }
    }

    /** Returns a reader of events: a larger event than the topics accept could not be written as a dead letter. */
    public EventReader eventReader() {
        int maxBytes = topicSettings.maxMessageBytes();
        return registryClient()
                .map(registry -> new EventReader(limits.event, maxBytes, registry, schemaRegistry.fields))
                .orElseGet(() -> new EventReader(limits.event, maxBytes));
    }

    /** Returns a client of the schema registry, with secrets resolved, if one is configured. */
    public Optional<SchemaRegistry> registryClient() {
        if (!schemaRegistry.server.exists()) {
            return Optional.empty();
        }
        SecretReferences secrets = new SecretReferences(System.getenv());
        try {
            return Optional.of(new SchemaRegistry(
                    schemaRegistry.server.resolved((name, value) -> secrets.resolve("schemaRegistry." + name, value))));
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage("schemaRegistry." + e.getMessage(), e);
        }
    }

    /** Returns the names of the topics. */
    public Topics topics() {
        return topicSettings.names();
    }

    /** Returns a copy for the broker of this process, without the settings of a connection to another broker. */
    public Configuration forEmbeddedBroker(String servers) {
        ObjectNode tree = YamlFile.MAPPER.valueToTree(this);
        tree.put("bootstrapServers", servers);
        tree.putPOJO("kafka", KafkaProperties.withoutConnection(kafka));
        return YamlFile.MAPPER.convertValue(tree, Configuration.class);
    }

    /** Returns how ONNX Runtime uses GPUs. */
    public OnnxProviders onnxProviders() {
        return OnnxProviders.of(onnxruntime.providers, onnxruntime.maxGpuMemoryBytes);
    }

    /** Returns the number of decode threads. */
    public int decodeThreads() {
        return decode.threads > 0 ? decode.threads : Runtime.getRuntime().availableProcessors();
    }

    /** Returns the settings of a connection to the broker. */
    public Connection connection() {
        return new Connection(bootstrapServers, brokerTimeoutMillis, topicSettings, kafka);
    }

    /** Returns the settings of the Kafka Streams application, with secrets resolved, and one stream thread if that is automatic. */
    public PipelineSettings pipelineSettings() {
        return pipelineSettings(0);
    }

    /** Returns the same settings, with as many stream threads as devices need that classify so many images a second. */
    public PipelineSettings pipelineSettings(double imagesPerSecond) {
        int needed = (int) Math.max(1, Math.ceil(imagesPerSecond / EVENTS_PER_STREAM_THREAD));
        return new PipelineSettings(
                applicationId,
                bootstrapServers,
                topics(),
                Guarantee.of(guarantee),
                streamThreads > 0 ? streamThreads : Math.min(MOST_THREADS, needed),
                topicSettings.maxMessageBytes(),
                window,
                OnGap.of(input.onGap),
                Duration.ofMillis(shutdownTimeoutMillis),
                KafkaProperties.resolve(kafka));
    }
}
