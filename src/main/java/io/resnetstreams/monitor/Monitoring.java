package io.resnetstreams.monitor;

import com.sun.net.httpserver.HttpHandler;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.deadletter.DeadLetterSender;
import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.metrics.PipelineMetrics;
import io.resnetstreams.metrics.PipelineMonitor;
import io.resnetstreams.metrics.PipelineMonitor.GroupSource;
import io.resnetstreams.metrics.ScalingSignal;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.precision.PrecisionChoice;
import io.resnetstreams.service.BuildVersion;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.web.Health;
import io.resnetstreams.web.InstanceView;
import io.resnetstreams.web.LivePage;
import io.resnetstreams.web.PageFacts;
import io.resnetstreams.web.PipelineHealth;
import io.resnetstreams.web.WebServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics, health and page of one instance, and their HTTP server. If the server is disabled, only counts are kept.
 */
public final class Monitoring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Monitoring.class);

    private final PipelineHealth health;
    private final PipelineCounts counts = new PipelineCounts();
    private FetchMetrics fetches = FetchMetrics.NONE;
    private PipelineMetrics metrics;
    private LivePage page;
    private WebServer server;
    private PipelineMonitor monitor;
    private BackfillWatch backfills;
    /** With the address of the broker; set before the first event is consumed. */
    private volatile Configuration connected;

    private Monitoring(Configuration configuration) {
        this.connected = configuration;
        this.health = new PipelineHealth(configuration.health().stallMillis());
    }

    /**
     * Starts the server; an unusable port or host is a usage error.
     *
     * @param ownSamples whether the events are samples of the model, which are not private
     */
    public static Monitoring start(Configuration configuration, boolean ownSamples) {
        Monitoring monitoring = new Monitoring(configuration);
        if (configuration.metrics().enabled()) {
            BuildVersion build = new BuildVersion();
            monitoring.metrics = new PipelineMetrics(monitoring.counts);
            monitoring.metrics.build(build.version(), build.commit());
            Set<String> schemes = configuration.references().schemes();
            if (!schemes.isEmpty()) {
                monitoring.fetches = monitoring.metrics.fetches(schemes);
            }
            monitoring.serve(configuration, build.version(), ownSamples);
        }
        return monitoring;
    }

    private void serve(Configuration configuration, String version, boolean ownSamples) {
        String host = configuration.metrics().host();
        int port = configuration.metrics().port();
        PageFacts facts = new PageFacts(
                configuration.applicationId(),
                configuration.topics().input(),
                version,
                host,
                configuration.web().showsPictures(ownSamples),
                configuration.web().actions(),
                !configuration.references().schemes().isEmpty(),
                configuration.window(),
                configuration.decodeThreads());
        page = LivePage.start(facts, counts, health::ready, event -> DeadLetterSender.resend(connected, event));
        Map<String, HttpHandler> pages = new TreeMap<>(page.handlers());
        pages.put("/metrics", metrics.handler());
        pages.put("/health/live", Health.handler(health::live));
        pages.put("/health/ready", Health.handler(health::ready));
        try {
            server = WebServer.start(host, port, pages);
        } catch (IOException e) {
            page.close();
            throw UserErrorException.usage(
                    "metrics.port is " + port + " and metrics.host is '" + host + "', which can't be used: "
                            + e.getMessage() + "; set another, port 0 for any that is free, or metrics.enabled=false",
                    e);
        }
    }

    /** Returns {@code http://HOST:PORT}, or null if the server is disabled. */
    public String address() {
        return server == null ? null : server.address();
    }

    /** Logs the addresses. */
    public void logAddress() {
        if (server != null) {
            LOG.info("Page at {}/", server.address());
            LOG.info("Metrics at {}/metrics, health at /health/live and /health/ready", server.address());
        }
    }

    /** Returns the counts of the instance, which its pipeline and devices report to, even if nothing is served. */
    public PipelineCounts counts() {
        return counts;
    }

    /** Returns what fetches report to; nothing is kept unless metrics are served and a scheme is enabled. */
    public FetchMetrics fetches() {
        return fetches;
    }

    /** Publishes how the model's precision compares with fp32; may be called once. */
    public void precision(PrecisionChoice choice) {
        if (metrics != null) {
            metrics.precision(choice.agreement(), choice.gain());
        }
    }

    /**
     * Starts to monitor a pipeline and its model.
     *
     * @param reached the configuration with the address of the broker
     * @param devices names of the devices for the metrics
     * @param description devices and engine, for the page
     * @param outage why events wait for another system, for health
     */
    public void watch(
            Configuration reached,
            Pipeline pipeline,
            ModelDirectory model,
            List<String> devices,
            String engine,
            String description,
            Supplier<Optional<String>> outage) {
        if (metrics == null) {
            return;
        }
        connected = reached;
        metrics.model(
                model.name(),
                model.digest(),
                model.architecture(),
                model.description().precision().toString(),
                devices,
                engine);
        KafkaClients clients = new KafkaClients(reached.connection());
        GroupSource source = new GroupSource(
                clients.admin(), reached.applicationId(), reached.topics().input(), clients::firstRecordReader);
        ScalingSignal signal = new ScalingSignal(reached.scaling(), System::nanoTime);
        monitor = metrics.watch(pipeline, source, reached.metrics().kafkaList(), signal);
        health.watch(pipeline, monitor, outage);
        backfills = BackfillWatch.start(reached, page::isWatched);
        page.watch(model, description, () -> view(pipeline));
    }

    private InstanceView view(Pipeline pipeline) {
        return new InstanceView(
                health.ready(),
                pipeline.ownPartitions(),
                pipeline.inFlight().events(),
                pipeline.inFlight().bytes(),
                fetches.counts(),
                monitor.status(),
                backfills.runs());
    }

    @Override
    public void close() {
        if (monitor != null) {
            monitor.close();
            backfills.close();
        }
        if (server != null) {
            page.close();
            server.close();
        }
    }
}
