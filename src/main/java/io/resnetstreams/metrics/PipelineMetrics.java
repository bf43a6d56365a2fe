package io.resnetstreams.metrics;

import static io.resnetstreams.metrics.Names.DEVICE;
import static io.resnetstreams.metrics.Names.PREFIX;

import com.sun.net.httpserver.HttpHandler;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The Prometheus metrics of one instance, in base units. No label value comes from an event.
 *
 * <p>Threading: thread-safe.
 */
public final class PipelineMetrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final InstantSource clock = InstantSource.system();
    private final PipelineCounts counts;
    private final EventMetrics events;
    private volatile Supplier<GroupStatus> groupStatus = () -> GroupStatus.UNKNOWN;
    private final DeviceMetrics devices;

    /** Creates the metrics, with counts of their own. */
    public PipelineMetrics() {
        this(new PipelineCounts());
    }

    /** Creates the metrics of these counts. The metrics of the JVM are available at once. */
    public PipelineMetrics(PipelineCounts counts) {
        this.counts = counts;
        this.events = new EventMetrics(registry, clock, counts);
        this.devices = new DeviceMetrics(registry, System::nanoTime, counts);
        JvmMetrics.builder().register(registry);
    }

    /** Returns the counts that the metrics read. */
    public PipelineCounts counts() {
        return counts;
    }

    /** Returns the metrics of inference, including the counts. */
    public InferenceMetrics inference() {
        return devices;
    }

    /** Returns the metrics of the topology, including the counts. */
    public TopologyMetrics topology() {
        return TopologyMetrics.both(counts, events);
    }

    /** Returns the handler of {@code GET /metrics}, which responds in the OpenMetrics or the Prometheus text format. */
    public HttpHandler handler() {
        return new ScrapeHandler(registry);
    }

    /** Sets the version; may be called once. */
    public void build(String version, String commit) {
        Info.builder()
                .name(PREFIX + "build_info")
                .help("The version of resnet-streams, and the commit it was built from.")
                .labelNames("version", "commit")
                .register(registry)
                .setLabelValues(version, commit);
    }

    /**
     * Sets the model and its devices; may be called once.
     *
     * @param digest SHA-256 of the model's files, in hexadecimal
     */
    public void model(String name, String digest, String architecture, List<String> deviceNames) {
        Info info = Info.builder()
                .name(PREFIX + "model_info")
                .help("The model that is loaded, and where.")
                .labelNames("name", "digest", "architecture", DEVICE)
                .register(registry);
        deviceNames.forEach(device -> info.addLabelValues(name, digest, architecture, device));
    }

    /**
     * Starts to monitor a pipeline, with its own thread; may be called once.
     *
     * @param kafka the Kafka metrics to export
     */
    public PipelineMonitor watch(Pipeline pipeline, GroupSource source, KafkaMetricList kafka, ScalingSignal signal) {
        PipelineMonitor monitor = new PipelineMonitor(pipeline, source, counts, devices, signal);
        GroupMetrics group = new GroupMetrics(monitor.group(), pipeline, counts, devices, clock);
        group.register(registry, monitor::desired);
        groupStatus = () -> group.status(monitor.desired());
        gauge("in_flight_events", "Events consumed whose outcome is not yet forwarded.")
                .callback(gauge -> gauge.call(pipeline.inFlight().events()))
                .register(registry);
        gauge("in_flight_bytes", "Bytes of memory that the events in flight hold, as they came.")
                .callback(gauge -> gauge.call(pipeline.inFlight().bytes()))
                .register(registry);
        registry.register(() -> state(pipeline.state()));
        registry.register(new KafkaMetrics(kafka, pipeline::kafkaMetrics));
        monitor.start();
        return monitor;
    }

    /** Returns the status of the monitored pipeline and its group; any thread may call it. */
    public GroupStatus group() {
        return groupStatus.get();
    }

    private static GaugeWithCallback.Builder gauge(String name, String help) {
        return GaugeWithCallback.builder().name(PREFIX + name).help(help);
    }

    private static StateSetSnapshot state(KafkaStreams.State present) {
        StateSetDataPointSnapshot.Builder states = StateSetDataPointSnapshot.builder();
        for (KafkaStreams.State state : KafkaStreams.State.values()) {
            states.state(state.name(), state == present);
        }
        return StateSetSnapshot.builder()
                .name(PREFIX + "kafka_streams_state")
                .help("The state of Kafka Streams: 1 for the present one, 0 for the others.")
                .dataPoint(states.build())
                .build();
    }
}
