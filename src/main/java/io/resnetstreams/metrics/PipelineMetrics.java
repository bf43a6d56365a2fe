package io.resnetstreams.metrics;

import static io.resnetstreams.metrics.MetricRegistration.DEVICE;
import static io.resnetstreams.metrics.MetricRegistration.PREFIX;

import com.sun.net.httpserver.HttpHandler;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.exporter.common.PrometheusScrapeHandler;
import io.prometheus.metrics.exporter.httpserver.HttpExchangeAdapter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.topology.Pipeline;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;

/** The Prometheus metrics of one instance, in base units. No label value comes from an event. Thread-safe. */
public final class PipelineMetrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PipelineCounts counts;

    /** Creates the metrics of these counts. The metrics of the JVM are available at once. */
    public PipelineMetrics(PipelineCounts counts) {
        this.counts = counts;
        new EventMetrics(registry, InstantSource.system(), counts);
        new DeviceMetrics(registry, counts);
        JvmMetrics.builder().register(registry);
    }

    /** Returns the handler of {@code GET /metrics}, which responds in the OpenMetrics or the Prometheus text format. */
    public HttpHandler handler() {
        return handler(registry);
    }

    /** The web server handles failures: Prometheus logs a stack trace even if the client has only closed the connection. */
    static HttpHandler handler(PrometheusRegistry registry) {
        PrometheusScrapeHandler scrapes = new PrometheusScrapeHandler(registry);
        return exchange -> scrapes.handleRequest(new HttpExchangeAdapter(exchange) {
            @Override
            public void handleException(IOException failure) throws IOException {
                throw failure;
            }

            @Override
            public void handleException(RuntimeException failure) {
                throw failure;
            }
        });
    }

    /**
     * Registers the metrics of fetches and returns what they are reported to; may be called once.
     *
     * @param schemes those that are enabled
     */
    public FetchMetrics fetches(Set<String> schemes) {
        return new ReferenceMetrics(registry, schemes);
    }

    /** Sets the version; may be called once. */
    public void build(String version, String commit) {
        info("build_info", "The version of resnet-streams and the commit that it was built from.", "version", "commit")
                .setLabelValues(version, commit);
    }

    /**
     * Sets the model, its devices and the engine that runs it; may be called once.
     *
     * @param digest SHA-256 of the model's files, in hexadecimal
     */
    public void model(
            String name,
            String digest,
            String architecture,
            String precision,
            List<String> deviceNames,
            String engine) {
        Info info = info(
                "model_info",
                "The loaded model, its precision, its device and the engine that runs it.",
                "name",
                "digest",
                "architecture",
                "precision",
                DEVICE,
                "engine");
        deviceNames.forEach(device -> info.addLabelValues(name, digest, architecture, precision, device, engine));
    }

    /**
     * Sets how the model's precision compares with fp32; NaN for what was not measured; may be called once.
     *
     * @param agreement share of held-out images with the same first label
     * @param gain relative speed
     */
    public void precision(double agreement, double gain) {
        MetricRegistration metrics = new MetricRegistration(registry);
        metrics.gauge(
                "precision_agreement_ratio",
                "The share of held-out images whose first label is the same as in fp32.",
                () -> agreement);
        metrics.gauge("precision_gain_ratio", "The speed of the model relative to fp32.", () -> gain);
    }

    private Info info(String name, String help, String... labels) {
        return MetricRegistration.named(Info.builder(), name, help, labels).register(registry);
    }

    /**
     * Starts to monitor a pipeline, with its own thread; may be called once. Metrics of a partition are exported only by the
     * instance that owns it, so that their sum over all instances is correct. Metrics of the whole group are the same in all
     * instances.
     *
     * @param kafka the Kafka metrics to export, of the form {@code group:name}
     */
    public PipelineMonitor watch(
            Pipeline pipeline, PipelineMonitor.GroupSource source, Set<String> kafka, ScalingSignal signal) {
        PipelineMonitor monitor = new PipelineMonitor(pipeline, source, counts, signal);
        MetricRegistration metrics = new MetricRegistration(registry);
        metrics.gauge(
                "lag_events",
                "The number of events of the instance's partitions that the group has not committed.",
                gauge -> monitor.ownLag().forEach((partition, lag) -> gauge.call(lag, partition.toString())),
                "partition");
        metrics.gauge(
                "lag_seconds",
                "The age of the oldest uncommitted event of the instance's partitions, in seconds.",
                () -> monitor.status().lagSeconds());
        metrics.gauge(
                "arrival_rate",
                "The number of events per second that arrive on the input topic.",
                () -> monitor.status().arrivalsPerSecond());
        metrics.gauge(
                "seconds_to_drain",
                "The time in which the present instances of the group clear its backlog, in seconds.",
                () -> monitor.status().secondsToDrain());
        metrics.gauge("desired_instances", "The number of instances that the group should have.", () -> monitor.status()
                .desiredInstances());
        metrics.gauge(
                "in_flight_events",
                "The number of consumed events whose outcome is not yet forwarded.",
                () -> pipeline.inFlight().events());
        metrics.gauge(
                "in_flight_bytes", "The memory that the events in flight hold, in bytes.", () -> pipeline.inFlight()
                        .bytes());
        registry.register(() -> state(pipeline.state()));
        registry.register(new KafkaMetrics(kafka, pipeline::kafkaMetrics));
        monitor.start();
        return monitor;
    }

    private static StateSetSnapshot state(KafkaStreams.State present) {
        StateSetDataPointSnapshot.Builder states = StateSetDataPointSnapshot.builder();
        for (KafkaStreams.State state : KafkaStreams.State.values()) {
            states.state(state.name(), state == present);
        }
        return StateSetSnapshot.builder()
                .name(PREFIX + "kafka_streams_state")
                .help("The state of Kafka Streams: 1 for the present state, 0 for the others.")
                .dataPoint(states.build())
                .build();
    }
}
