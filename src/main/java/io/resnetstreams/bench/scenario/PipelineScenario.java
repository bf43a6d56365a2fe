package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.LoadedNetwork;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.Service;
import io.resnetstreams.bench.ServiceWork;
import io.resnetstreams.bench.TopologyRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The throughput of the whole pipeline, up to a {@code read_committed} consumer, compared with the network alone.
 *
 * <p>{@code stages} are the mean times of an event, in milliseconds: decoding, waiting for a device ({@code queueWait}),
 * inference of its batch, and from its outcome until a consumer has read it, which includes waiting for earlier events of
 * the partition. The time before decoding is omitted, since it only depends on the length of the backlog.
 */
final class PipelineScenario implements Scenario {
    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        try (KafkaSetup kafka = LoadedNetwork.photographs(settings, "pipeline");
                LoadedNetwork network = new LoadedNetwork(LoadedNetwork.resNet50(settings, "pipeline"), kafka)) {
            network.warmUp();
            List<ServiceWork> works = new ArrayList<>();
            List<Double> busy = new ArrayList<>();
            Map<String, Double> medians = new Rounds(settings.rounds())
                    .add("ceiling", () -> network.ceiling(settings.seconds()))
                    .add("pipeline", () -> pipeline(network, settings.seconds(), works, busy))
                    .medians();
            List<ServiceWork> measured = works.subList(1, works.size());
            ServiceWork all = measured.stream().reduce(ServiceWork.NONE, ServiceWork::plus);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", medians.get("pipeline"));
            figures.put("ceiling", medians.get("ceiling"));
            figures.put("toCeiling", medians.get("pipeline") / medians.get("ceiling"));
            figures.put(
                    "meanBatch",
                    Rounds.median(measured.stream().map(ServiceWork::meanBatch).toList()));
            figures.put("deviceBusy", Rounds.median(busy.subList(1, busy.size())));
            figures.put("batchSizes", all.batchSizes());
            figures.put("stages", all.stageMillis());
            return figures;
        }
    }

    private static double pipeline(LoadedNetwork network, int seconds, List<ServiceWork> works, List<Double> busy)
            throws Exception {
        long start = System.nanoTime();
        try (Service service = network.service()) {
            double rate = TopologyRun.pipeline(
                    network.kafka(), network.kafka().settings(), service::classify, seconds, service::committed);
            ServiceWork work = service.work();
            works.add(work);
            // The whole time, including the assignment of partitions.
            busy.add((double) work.busyNanos() / service.workers() / (System.nanoTime() - start));
            return rate;
        }
    }
}
