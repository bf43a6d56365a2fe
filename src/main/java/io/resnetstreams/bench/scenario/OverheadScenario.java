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
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/**
 * What the topology costs without a classifier: events of 1 KB through it, with metrics and without, against Kafka Streams'
 * {@code mapValues} that passes them on, and against a loop of consumer and producer, all with the same guarantee and
 * partitions.
 */
public final class OverheadScenario implements Scenario {
    private static final int EVENT_BYTES = 1_024;
    /** Enough for a fast machine's longest round; a round that comes to the end waits for nothing more. */
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

    /** The pipeline with a thread that answers at once, with a label event of about the event's size. */
    private static double pipeline(KafkaSetup kafka, int seconds) throws Exception {
        try (ConstantClassifier free = new ConstantClassifier(EVENT_BYTES - 200)) {
            return TopologyRun.pipeline(kafka, free, seconds);
        }
    }

    private static double withMetrics(KafkaSetup kafka, int seconds) throws Exception {
        PipelineMetrics metrics = new PipelineMetrics();
        try (LivePage page = page(metrics.counts());
                ConstantClassifier free = new ConstantClassifier(EVENT_BYTES - 200, metrics.inference())) {
            return TopologyRun.pipelineWithMetrics(kafka, metrics, page, free, seconds);
        }
    }

    /** The page that nobody looks at, as {@code run} has it: it counts all the same. */
    private static LivePage page(PipelineCounts counts) {
        PageFacts facts =
                new PageFacts("bench", KafkaSetup.INPUT, "", "127.0.0.1", false, false, KafkaSetup.IN_FLIGHT, 1);
        return LivePage.start(facts, counts, () -> new Health(true, ""), event -> {
            throw new IllegalStateException("nothing is sent back here");
        });
    }

    /** Kafka Streams' own {@code mapValues}, which passes events on. */
    static double passThrough(KafkaSetup kafka, int seconds) throws Exception {
        return TopologyRun.other(
                kafka,
                settings -> {
                    StreamsBuilder builder = new StreamsBuilder();
                    builder.stream(settings.topics().input(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                            .mapValues(value -> value)
                            .to(settings.topics().labels(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
                    return builder.build();
                },
                1,
                Map.of(),
                seconds);
    }
}
