package io.resnetstreams.web;

import io.resnetstreams.metrics.PipelineMonitor;
import io.resnetstreams.topology.Pipeline;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams.State;

/**
 * The liveness and readiness of an instance. An instance that is not live should be restarted; one that is ready processes
 * events or is on standby.
 *
 * <p>If the broker or another system that events need is unavailable, all instances are live, since a restart would not help, but not ready. Thread-safe.
 */
public final class PipelineHealth {
    private static final Set<State> FAILED = Set.of(State.ERROR, State.PENDING_ERROR);
    private static final Set<State> CLOSING = Set.of(State.PENDING_SHUTDOWN, State.NOT_RUNNING);

    private final long stallMillis;
    private volatile Watched watched;

    private record Watched(Pipeline pipeline, PipelineMonitor monitor, Supplier<Optional<String>> outage) {}

    /** @param stallMillis time without progress, while events wait, after which the instance is not live */
    public PipelineHealth(long stallMillis) {
        this.stallMillis = stallMillis;
    }

    /**
     * Sets the pipeline. Until then, the model is being loaded.
     *
     * @param outage why events wait for another system, as a sentence without its full stop; empty if they do not
     */
    public void watch(Pipeline pipeline, PipelineMonitor monitor, Supplier<Optional<String>> outage) {
        watched = new Watched(pipeline, monitor, outage);
    }

    /** Returns the liveness. */
    public Health live() {
        Watched now = watched;
        if (now == null) {
            return Health.ok("starting: the model is being loaded");
        }
        State state = now.pipeline().state();
        if (now.pipeline().failure() != null || FAILED.contains(state)) {
            return Health.failing("the pipeline failed; its log says why");
        }
        if (CLOSING.contains(state)) {
            return Health.ok("stopping");
        }
        Optional<String> stalled = now.monitor().stalled(stallMillis);
        if (stalled.isPresent()) {
            Optional<String> outage = now.outage().get();
            if (outage.isPresent()) {
                return Health.ok(outage.get() + "; a restart would not help");
            }
            return Health.failing(stalled.get() + " (health.stallMillis is " + stallMillis + ")");
        }
        return Health.ok(
                now.monitor().isBrokerReachable()
                        ? "Kafka Streams is " + state
                        : "the broker does not answer; a restart would not help");
    }

    /** Returns the readiness. An instance that is not live is not ready. */
    public Health ready() {
        Watched now = watched;
        if (now == null) {
            return Health.failing("the model is being loaded");
        }
        Health live = live();
        if (!live.ok()) {
            return live;
        }
        State state = now.pipeline().state();
        Optional<String> trouble = now.pipeline().trouble().or(now.outage());
        if (trouble.isPresent()) {
            return Health.failing(trouble.get());
        }
        if (state != State.RUNNING) {
            return Health.failing(
                    state == State.CREATED || state == State.REBALANCING
                            ? "partitions are being assigned"
                            : "Kafka Streams is " + state);
        }
        if (!now.monitor().isBrokerReachable()) {
            return Health.failing("the broker does not answer");
        }
        Set<Integer> partitions = new TreeSet<>(now.pipeline().ownPartitions());
        return Health.ok(
                partitions.isEmpty() ? "standing by: other instances have all partitions" : "partitions " + partitions);
    }
}
