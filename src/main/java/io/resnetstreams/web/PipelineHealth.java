package io.resnetstreams.web;

import io.resnetstreams.metrics.PipelineMonitor;
import io.resnetstreams.topology.Pipeline;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.KafkaStreams.State;

/**
 * Whether an instance is alive, so that restarting it would not help, and ready, so that it does its work or stands by.
 *
 * <p>A broker that is away makes no instance dead, since a restart would not bring it back; it makes all of them not ready.
 *
 * <p>Threading: thread-safe.
 */
public final class PipelineHealth {
    private static final Set<State> FAILED = Set.of(State.ERROR, State.PENDING_ERROR);
    private static final Set<State> CLOSING = Set.of(State.PENDING_SHUTDOWN, State.NOT_RUNNING);

    private final long stallMillis;
    private volatile Watched watched;

    private record Watched(Pipeline pipeline, PipelineMonitor monitor) {}

    /** @param stallMillis how long an instance may stand still, with work to do, before it counts as dead */
    public PipelineHealth(long stallMillis) {
        this.stallMillis = stallMillis;
    }

    /** From now on it is asked; before, the model is being loaded. */
    public void watch(Pipeline pipeline, PipelineMonitor monitor) {
        watched = new Watched(pipeline, monitor);
    }

    /** Returns whether the instance lives; one that does not should be restarted. */
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
            return Health.failing(stalled.get() + " (health.stallMillis is " + stallMillis + ")");
        }
        return Health.ok(
                now.monitor().isBrokerReachable()
                        ? "Kafka Streams is " + state
                        : "the broker does not answer; a restart would not help");
    }

    /** Returns whether the instance does its work, or stands by for others that do; one that is not alive does not. */
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
        Optional<String> trouble = now.pipeline().trouble();
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
