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
 * Photographs through broker and pipeline to labels that a {@code read_committed} reader sees, against the ceiling.
 *
 * <p>{@code stages} are the mean milliseconds of an event from the begin of its decoding on: decoding, waiting for a device
 * ({@code queueWait}), its batch's time there, and from its outcome until the reader has it, which includes the wait for
 * the events before it in its partition. What it waits before its decoding is left out: events lie ready by the thousand
 * here, so it would only say how many.
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
            // From start to end, the wait for partitions included.
            busy.add((double) work.busyNanos() / service.workers() / (System.nanoTime() - start));
            return rate;
        }
    }
}
