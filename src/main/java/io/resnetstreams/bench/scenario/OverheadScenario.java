package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BareLoop;
import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.ConstantClassifier;
import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.bench.TopologyRun;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.metrics.PipelineMetrics;
import io.resnetstreams.web.Health;
import io.resnetstreams.web.LivePage;
import io.resnetstreams.web.PageFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The overhead of the topology: events of 1 KB with a constant classifier, with and without metrics, compared with a
 * {@code mapValues} that forwards them and with a plain consumer and producer. All candidates have the same guarantee and
 * partitions.
 */
public final class OverheadScenario implements Scenario {
    private static final int EVENT_BYTES = 1_024;
    /** An upper bound of the throughput. A round that reaches the end of the topic stops. */
    private static final int EVENTS_PER_SECOND = 60_000;

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        try (KafkaSetup kafka = new KafkaSetup(settings.directory().resolve("overhead"))) {
            byte[] event = new byte[EVENT_BYTES];
            new SplittableRandom(1).nextBytes(event);
            kafka.produce(List.of(event), EVENTS_PER_SECOND * (settings.seconds() + 2));
            Rounds rounds = new Rounds(settings.rounds())
                    .add("pipeline", () -> pipeline(kafka, settings.seconds()))
                    .add("withMetrics", () -> withMetrics(kafka, settings.seconds()))
                    .add("passThrough", () -> passThrough(kafka, settings.seconds()))
                    .add("bareLoop", () -> new BareLoop(kafka).rate(settings.seconds()));
            Map<String, Double> medians = rounds.medians();
            Rounds.Spread withMetrics = rounds.ratio("withMetrics", "pipeline");
            double pipeline = medians.get("pipeline");
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("eventsPerSecond", pipeline);
            figures.put("passThroughPerSecond", medians.get("passThrough"));
            figures.put("bareLoopPerSecond", medians.get("bareLoop"));
            figures.put("toPassThrough", pipeline / medians.get("passThrough"));
            figures.put("toBareLoop", pipeline / medians.get("bareLoop"));
            figures.put("withMetricsPerSecond", medians.get("withMetrics"));
            figures.put("withMetricsTo", withMetrics.median());
            figures.put("withMetricsLeast", withMetrics.least());
            figures.put("withMetricsMost", withMetrics.most());
            return figures;
        }
    }

    /** Runs the pipeline with a constant classifier, whose label events have about the size of the events. */
    private static double pipeline(KafkaSetup kafka, int seconds) throws Exception {
        try (ConstantClassifier classifier = new ConstantClassifier(EVENT_BYTES - 200)) {
            return TopologyRun.pipeline(kafka, classifier, seconds);
        }
    }

    private static double withMetrics(KafkaSetup kafka, int seconds) throws Exception {
        PipelineMetrics metrics = new PipelineMetrics(new PipelineCounts());
        LivePage page = page(metrics.counts());
        try (ConstantClassifier classifier = new ConstantClassifier(EVENT_BYTES - 200, metrics.counts())) {
            return TopologyRun.pipelineWithMetrics(kafka, metrics, classifier, seconds);
        } finally {
            page.close();
        }
    }

    /** Starts the web page, which counts events even if no browser is connected. */
    private static LivePage page(PipelineCounts counts) {
        PageFacts facts =
                new PageFacts("bench", KafkaSetup.INPUT, "", "127.0.0.1", false, false, KafkaSetup.IN_FLIGHT, 1);
        return LivePage.start(facts, counts, () -> new Health(true, ""), event -> {
            throw new IllegalStateException("resending is not supported");
        });
    }

    static double passThrough(KafkaSetup kafka, int seconds) throws Exception {
        return TopologyRun.mapValues(kafka, value -> value, 1, seconds);
    }
}
