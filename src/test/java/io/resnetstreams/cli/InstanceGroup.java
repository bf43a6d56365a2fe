package io.resnetstreams.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A group of {@link SimulatedInstance} processes that can be resized, and Prometheus's list of them. */
final class InstanceGroup {
    private final TestCluster cluster;
    private final PrometheusServer prometheus;
    private final String[] arguments;
    private final ClassArchive classes;
    private final List<InstanceProcess> instances = new ArrayList<>();
    private List<String> listed = List.of();

    InstanceGroup(TestCluster cluster, PrometheusServer prometheus, String... settings) throws IOException {
        this.cluster = cluster;
        this.prometheus = prometheus;
        this.arguments = Stream.concat(Stream.of(cluster.bootstrap()), Stream.of(settings))
                .toArray(String[]::new);
        this.classes = ClassArchive.create();
    }

    /**
     * Runs one instance through some work and writes the class archive, so that later instances start with less
     * processor time.
     */
    void prepare(Work work) throws Exception {
        InstanceProcess instance = cluster.track(classes.record(SimulatedInstance.class, arguments));
        instance.awaitRunning();
        work.run();
        new Endpoint("http://" + instance.metricsEndpoint().orElseThrow()).samples();
        instance.signal();
        // A single thread writes the archive just before the process exits.
        instance.awaitEnd(Duration.ofMinutes(3));
    }

    /** Work for an instance. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    int size() {
        return instances.size();
    }

    List<InstanceProcess> instances() {
        return List.copyOf(instances);
    }

    /** Starts instances without waiting for them, or stops the newest with SIGTERM and waits for them. */
    void resize(int wanted) {
        while (instances.size() < wanted) {
            instances.add(cluster.track(classes.start(SimulatedInstance.class, arguments)));
        }
        if (instances.size() > wanted) {
            List<InstanceProcess> leaving = instances.subList(wanted, instances.size());
            leaving.parallelStream().forEach(InstanceGroup::terminate);
            leaving.clear();
        }
    }

    private static void terminate(InstanceProcess instance) {
        try {
            instance.terminate();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Registers with Prometheus the metrics addresses of instances that have logged theirs. */
    void list() throws IOException {
        for (InstanceProcess instance : instances) {
            if (!instance.isAlive()) {
                throw new IllegalStateException("an instance exited by itself: " + instance.log());
            }
        }
        List<String> now = instances.stream()
                .map(InstanceProcess::metricsEndpoint)
                .flatMap(Optional::stream)
                .toList();
        if (!now.equals(listed)) {
            prometheus.targets(now);
            listed = now;
        }
    }
}
