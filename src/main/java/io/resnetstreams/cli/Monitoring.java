package io.resnetstreams.cli;

import com.sun.net.httpserver.HttpHandler;
import io.resnetstreams.inference.InferenceMetrics;
import io.resnetstreams.metrics.GroupSource;
import io.resnetstreams.metrics.PipelineMetrics;
import io.resnetstreams.metrics.PipelineMonitor;
import io.resnetstreams.metrics.ScalingSignal;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.TopologyMetrics;
import io.resnetstreams.web.HealthHandler;
import io.resnetstreams.web.PipelineHealth;
import io.resnetstreams.web.WebServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Metrics and health of one instance, with the server that tells them; or nothing, where the configuration wants none. */
final class Monitoring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Monitoring.class);

    private final Configuration configuration;
    private final PipelineHealth health;
    private PipelineMetrics metrics;
    private WebServer server;
    private PipelineMonitor monitor;

    private Monitoring(Configuration configuration) {
        this.configuration = configuration;
        this.health = new PipelineHealth(configuration.health().stallMillis());
    }

    /** Starts to serve; a port or host that can't be used is the user's mistake. */
    static Monitoring start(Configuration configuration) {
        Monitoring monitoring = new Monitoring(configuration);
        if (configuration.metrics().enabled()) {
            BuildVersion build = new BuildVersion();
            monitoring.metrics = new PipelineMetrics();
            monitoring.metrics.build(build.version(), build.commit());
            monitoring.serve();
        }
        return monitoring;
    }

    private void serve() {
        String host = configuration.metrics().host();
        int port = configuration.metrics().port();
        Map<String, HttpHandler> pages = Map.of(
                "/metrics",
                metrics.handler(),
                "/health/live",
                new HealthHandler(health::live),
                "/health/ready",
                new HealthHandler(health::ready));
        try {
            server = WebServer.start(host, port, pages);
        } catch (IOException e) {
            throw UserErrorException.usage(
                    "metrics.port is " + port + " and metrics.host is '" + host + "', which can't be used: "
                            + e.getMessage() + "; set another, port 0 for any that is free, or metrics.enabled=false",
                    e);
        }
    }

    /** Returns {@code http://HOST:PORT}, or null where nothing is served. */
    String address() {
        return server == null ? null : server.address();
    }

    /** Tells where they are. */
    void logAddress() {
        if (server != null) {
            LOG.info("Metrics at {}/metrics, health at /health/live and /health/ready", server.address());
        }
    }

    /** Returns what inference tells its work to, besides these statistics. */
    InferenceMetrics inference(InferenceMetrics statistics) {
        return metrics == null ? statistics : InferenceMetrics.both(statistics, metrics.inference());
    }

    /** Returns what the topology tells its work to, besides these statistics. */
    TopologyMetrics topology(TopologyMetrics statistics) {
        return metrics == null ? statistics : TopologyMetrics.both(statistics, metrics.topology());
    }

    /** Watches a pipeline from now on, with the model that is loaded to these devices. */
    void watch(Pipeline pipeline, ModelDirectory model, List<String> deviceNames) {
        if (metrics == null) {
            return;
        }
        metrics.model(model.name(), model.digest(), model.architecture(), deviceNames);
        KafkaClients clients = new KafkaClients(configuration);
        GroupSource source = new GroupSource(
                clients.admin(),
                configuration.applicationId(),
                configuration.topics().input(),
                clients.inputIsolation(),
                clients::firstRecordReader);
        ScalingSignal signal = new ScalingSignal(configuration.scaling().targets(), System::nanoTime);
        monitor = metrics.watch(pipeline, source, configuration.metrics().kafkaList(), signal);
        health.watch(pipeline, monitor);
    }

    @Override
    public void close() {
        if (monitor != null) {
            monitor.close();
        }
        if (server != null) {
            server.close();
        }
    }
}
