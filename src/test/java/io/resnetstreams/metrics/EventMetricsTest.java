package io.resnetstreams.metrics;

import static io.resnetstreams.events.TestEvents.deadLetterOf;
import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.labelOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class EventMetricsTest {
    private static final String END_TO_END = "resnet_streams_end_to_end_seconds";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    /** The clock, which starts at the timestamp of {@code event(p, 0)}. */
    private long millis = 1_700_000_000_000L;

    private final PipelineCounts counts = new PipelineCounts();

    EventMetricsTest() {
        new EventMetrics(registry, () -> Instant.ofEpochMilli(millis), counts);
    }

    private Samples samples() {
        return TestRegistry.samples(registry);
    }

    private double events(String outcome) {
        return samples().value("resnet_streams_events_total{outcome=\"" + outcome + "\"}");
    }

    private void forwardLabel(int partition, long offset) {
        RawEvent event = event(partition, offset);
        counts.forwarded(event, labelOf(event));
    }

    private void forwardDeadLetter(int partition, long offset) {
        RawEvent event = event(partition, offset);
        counts.forwarded(event, deadLetterOf(event));
    }

    @Test
    void bothOutcomesAreThereFromTheStart() {
        assertThat(events("label")).isZero();
        assertThat(events("dead_letter")).isZero();
        assertThat(samples().value(END_TO_END + "_count")).isZero();
    }

    @Test
    void anOutcomeCountsWhenItIsCommitted() {
        forwardLabel(0, 1);
        forwardDeadLetter(0, 2);
        assertThat(events("label")).isZero();
        counts.committed();
        assertThat(events("label")).isEqualTo(1);
        assertThat(events("dead_letter")).isEqualTo(1);
        assertThat(samples().value("resnet_streams_dead_letters_total{code=\"corrupt\",stage=\"decode\"}"))
                .isEqualTo(1);
        assertThat(counts.outcomes()).isEqualTo(2);
    }

    @Test
    void anOutcomeCountsOnce() {
        forwardLabel(0, 1);
        counts.committed();
        counts.committed();
        assertThat(events("label")).isEqualTo(1);
    }

    @Test
    void whatWasAbortedNeverCounts() {
        forwardLabel(0, 1);
        forwardDeadLetter(0, 2);
        counts.aborted();
        counts.committed();
        assertThat(events("label")).isZero();
        assertThat(events("dead_letter")).isZero();
        assertThat(counts.oldestUncommitted()).isEmpty();
    }

    @Test
    void manyOutcomesOfOneCommitAllCount() {
        for (int offset = 0; offset < 1_000; offset++) {
            forwardLabel(offset % 3, offset);
        }
        millis += 2_000;
        counts.committed();
        assertThat(events("label")).isEqualTo(1_000);
        assertThat(samples().value(END_TO_END + "_count")).isEqualTo(1_000);
        // The ages are 1.001 to 2.000 s.
        assertThat(samples().value(END_TO_END + "_sum")).isCloseTo(1_500.5, within(1e-6));
        assertThat(samples().value(END_TO_END + "_bucket{le=\"1.0\"}")).isZero();
        assertThat(samples().value(END_TO_END + "_bucket{le=\"2.5\"}")).isEqualTo(1_000);
    }

    @Test
    void aProducersClockThatIsAheadGivesNoNegativeTime() {
        forwardLabel(0, 5_000);
        counts.committed();
        assertThat(samples().value(END_TO_END + "_sum")).isZero();
    }

    @Test
    void theOldestUncommittedIsKnownUntilItIsCommitted() {
        forwardLabel(0, 7);
        forwardLabel(1, 5);
        forwardLabel(0, 8);
        assertThat(counts.oldestUncommitted()).hasValue(1_700_000_000_005L);
        counts.committed();
        assertThat(counts.oldestUncommitted()).isEmpty();
    }

    @Test
    void uncommittedEventsOfAnEndedThreadAreForgotten() throws InterruptedException {
        Thread thread = new Thread(() -> forwardLabel(0, 7));
        thread.start();
        thread.join();
        assertThat(counts.oldestUncommitted()).isEmpty();
        counts.committed();
        assertThat(events("label")).isZero();
    }

    @Test
    void bytesOfKeysAndValuesCount() {
        counts.consumed(event(new byte[3], new byte[4], new RecordHeaders()));
        counts.consumed(event(null, null, new RecordHeaders()));
        assertThat(samples().value("resnet_streams_input_bytes_total")).isEqualTo(7);
    }

    @Test
    void theExemplarNamesThePositionOfTheOldestEvent() throws IOException {
        forwardLabel(3, 9);
        forwardLabel(3, 10);
        millis += 1_000;
        counts.committed();
        assertThat(openMetrics()).contains("# {position=\"image-events-3@9\"} 0.991");
    }

    @Test
    void aLongTopicNameLeavesTheExemplarWithinOpenMetricsLimit() throws IOException {
        RawEvent event = new RawEvent(
                new SourcePosition("t".repeat(249), 3, 9, millis), new byte[0], new byte[0], new RecordHeaders());
        counts.forwarded(event, labelOf(event));
        counts.committed();
        assertThat(openMetrics()).contains("# {position=\"" + "t".repeat(96) + "-3@9\"}");
    }

    private String openMetrics() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        OpenMetricsTextFormatWriter.create().write(text, registry.scrape());
        return text.toString(UTF_8);
    }
}
