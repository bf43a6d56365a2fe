package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.Stage;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.topology.InFlightLimits;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A page without a pipeline, with methods that feed it events. */
final class PageRig {
    static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    /** The signature of a PNG, which suffices to recognise one. */
    static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    final List<RawEvent> resent = new ArrayList<>();
    final PipelineCounts counts = new PipelineCounts();
    final LivePage page;
    private long offset;

    PageRig(boolean pictures, boolean actions) {
        PageFacts facts = new PageFacts(
                "resnet-streams",
                "image-events",
                "1.0",
                "127.0.0.1",
                pictures,
                actions,
                true,
                new InFlightLimits(100, 1_000),
                2);
        page = new LivePage(facts, counts, () -> Health.ok("all is well"), resent::add, InstantSource.fixed(NOW));
    }

    RawEvent event(String key, byte[] value) {
        SourcePosition source = new SourcePosition("image-events", 3, offset++, NOW.toEpochMilli() - 250);
        return new RawEvent(source, key == null ? null : key.getBytes(UTF_8), value, new RecordHeaders());
    }

    /** Forwards the label of an event and commits. */
    void label(String id, String label, double probability) {
        forward(event(id, PNG), id, label, probability);
        topology().committed();
    }

    void forward(RawEvent event, String id, String label, double probability) {
        topology().forwarded(event, labelOf(event, id, label, probability));
    }

    static EncodedLabel labelOf(RawEvent event, String id, String label, double probability) {
        return LabelEncoder.JSON.encode(
                event,
                new LabelEvent(
                        id,
                        List.of(
                                new Label(label, 0, (float) probability),
                                new Label("other", 1, 1 - (float) probability)),
                        new ModelReference("model", "digest"),
                        event.source()));
    }

    /** Forwards a dead letter for an event and commits. */
    void deadLetter(String key, String code, String reason) {
        RawEvent event = event(key, "x<y".getBytes(UTF_8));
        topology().forwarded(event, new DeadLetter(event, Stage.DECODE, code, reason, "Exception"));
        topology().committed();
    }

    TopologyMetrics topology() {
        return counts;
    }
}
