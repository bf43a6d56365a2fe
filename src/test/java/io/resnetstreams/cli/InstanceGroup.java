package io.resnetstreams.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Processes of {@link SimulatedInstance} that share a topic, as many as there should be, and Prometheus' list of them. */
final class InstanceGroup {
    private final TestCluster cluster;
    private final PrometheusServer prometheus;
    private final String[] settings;
    private final List<InstanceProcess> instances = new ArrayList<>();
    private List<String> listed = List.of();

    InstanceGroup(TestCluster cluster, PrometheusServer prometheus, String... settings) {
        this.cluster = cluster;
        this.prometheus = prometheus;
        this.settings = settings;
    }

    int size() {
        return instances.size();
    }

    List<InstanceProcess> instances() {
        return List.copyOf(instances);
    }

    /** Starts instances, or ends the youngest by SIGTERM and waits for them; it does not wait for those that start. */
    void resize(int wanted) {
        while (instances.size() < wanted) {
            List<String> arguments = new ArrayList<>(List.of(cluster.bootstrap()));
            arguments.addAll(List.of(settings));
            instances.add(
                    cluster.track(InstanceProcess.main(SimulatedInstance.class, arguments.toArray(new String[0]))));
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

    /** Tells Prometheus where the metrics of those instances are that have said so. */
    void list() throws IOException {
        for (InstanceProcess instance : instances) {
            if (!instance.isAlive()) {
                throw new IllegalStateException("an instance ended by itself: " + instance.log());
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
