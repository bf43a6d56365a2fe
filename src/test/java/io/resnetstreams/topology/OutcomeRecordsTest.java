package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.deadLetterOf;
import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static io.resnetstreams.events.TestEvents.labelOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SingleOutcome;
import io.resnetstreams.events.Stage;
import io.resnetstreams.topology.OutcomeRecords.OutcomeRecord;
import io.resnetstreams.topology.TopicCheck.TopicFacts;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class OutcomeRecordsTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final byte[] KEY = "k".getBytes(UTF_8);

    private final OutputTopics outputs =
            new OutputTopics(new Topics("image-events", "image-labels", "image-events-dlq"), 16 << 20);
    private final OutcomeRecords records = new OutcomeRecords(outputs, Replay.NONE, () -> NOW);

    private void limit(Map<String, String> labels, Map<String, String> deadLetters) {
        outputs.set(
                new TopicFacts("image-labels", Uuid.ONE_UUID, 1, Optional.of(labels)),
                new TopicFacts("image-events-dlq", Uuid.ONE_UUID, 1, Optional.of(deadLetters)));
    }

    private static void assertDeadLetter(OutcomeRecord found, String code, boolean hasContent) {
        assertThat(found.sink()).isEqualTo(ClassifyProcessor.DEAD_LETTERS_SINK);
        DeadLetter letter = (DeadLetter) found.outcome();
        assertThat(letter.code()).isEqualTo(code);
        assertThat(letter.hasContent()).isEqualTo(hasContent);
        assertThat(DeadLetter.isWithoutContent(found.record().headers())).isEqualTo(!hasContent);
        assertThat(found.record().key() == null)
                .isEqualTo(!hasContent || letter.event().key() == null);
    }

    @Test
    void anOutcomeThatFitsStaysAsItIs() {
        RawEvent event = event(KEY, new byte[10], headers("trace", "1"));
        OutcomeRecord label = records.of(event, labelOf(event));
        assertThat(label.sink()).isEqualTo(ClassifyProcessor.LABELS_SINK);
        assertThat(label.outcome()).isEqualTo(labelOf(event));
        assertThat(label.record().headers()).isEqualTo(headers("trace", "1", "content-type", "application/json"));
        assertDeadLetter(records.of(event, deadLetterOf(event)), "corrupt", true);
    }

    @Test
    void aLabelThatIsTooLargeBecomesADeadLetter() {
        limit(Map.of("max.message.bytes", "20000"), Map.of("max.message.bytes", "100000"));
        RawEvent event = event(KEY, new byte[10], headers("trace", "t".repeat(20_000)));
        OutcomeRecord found = records.of(event, labelOf(event));
        assertDeadLetter(found, "label_too_large", true);
        assertThat(((DeadLetter) found.outcome()).stage()).isEqualTo(Stage.LIMITS);
        assertThat(((DeadLetter) found.outcome()).reason())
                .matches("the label with the event's key and headers has \\d+ bytes; max.message.bytes of image-labels"
                        + " is 20000");
    }

    @Test
    void aDeadLetterThatIsTooLargeLeavesItsContentOut() {
        limit(Map.of(), Map.of("max.message.bytes", "20000"));
        RawEvent event = event(KEY, new byte[20_000], headers());
        OutcomeRecord found = records.of(event, deadLetterOf(event));
        assertDeadLetter(found, "corrupt", false);
        assertThat(((DeadLetter) found.outcome()).reason())
                .matches("the image is broken; key, value and headers are left out here, since with them it has"
                        + " \\d+ bytes and max.message.bytes of image-events-dlq is 20000");
        assertThat(DeadLetter.sourceOf(found.record().headers(), 0)).contains(event.source());
    }

    @Test
    void manySmallHeadersCountWithTheirLengths() {
        limit(Map.of(), Map.of("max.message.bytes", "20000"));
        RecordHeaders many = new RecordHeaders();
        for (int i = 0; i < 9_000; i++) {
            many.add("", null);
        }
        RawEvent event = event(KEY, new byte[1_500], many);
        assertDeadLetter(records.of(event, deadLetterOf(event)), "corrupt", false);
    }

    @Test
    void aLabelWithoutKeyForACompactedTopicBecomesADeadLetter() {
        limit(Map.of("cleanup.policy", "compact"), Map.of());
        RawEvent event = event(null, new byte[10], headers());
        assertDeadLetter(records.of(event, labelOf(event)), "label_without_key", true);
    }

    @Test
    void theRecordHasTheCurrentTimeIfTheTopicRefusesTheEventsTimestamp() {
        limit(Map.of("message.timestamp.before.max.ms", "1000"), Map.of("message.timestamp.before.max.ms", "1000"));
        RawEvent event = event(KEY, new byte[10], headers());
        assertThat(records.of(event, labelOf(event)).record().timestamp()).isEqualTo(NOW);
        OutcomeRecord letter = records.of(event, deadLetterOf(event));
        assertThat(letter.record().timestamp()).isEqualTo(NOW);
        assertThat(DeadLetter.sourceOf(letter.record().headers(), NOW)).contains(event.source());
    }

    private ProducerRecord<byte[], byte[]> sent(OutcomeRecord outcome) {
        return new ProducerRecord<>(
                outcome.sink().equals(ClassifyProcessor.LABELS_SINK) ? "image-labels" : "image-events-dlq",
                0,
                outcome.record().timestamp(),
                outcome.record().key(),
                outcome.record().value().recordValue(),
                outcome.record().headers());
    }

    private OutcomeRefusedException refused(RawEvent event, SingleOutcome outcome, Exception failure) {
        return (OutcomeRefusedException) outputs.explain(sent(records.of(event, outcome)), failure);
    }

    @Test
    void aRefusedOutcomeIsWrittenInAnotherFormNextTime() {
        RawEvent event = event(KEY, new byte[10], headers());
        OutcomeRefusedException first = refused(event, labelOf(event), new RecordTooLargeException("too large"));
        assertThat(first.isRetriable()).isTrue();
        assertThat(first)
                .hasMessageMatching("topic image-labels, partition 0, refused the outcome of image-events-2@7 "
                        + "\\(\\d+ bytes\\): too large");
        assertDeadLetter(records.of(event, labelOf(event)), "label_refused", true);
        assertThat(refused(event, labelOf(event), new InvalidTimestampException("too old"))
                        .isRetriable())
                .isTrue();
        OutcomeRecord last = records.of(event, labelOf(event));
        assertDeadLetter(last, "label_refused", false);
        assertThat(last.record().timestamp()).isEqualTo(NOW);
        assertThat(outputs.finalRefusal()).isNull();
        OutcomeRefusedException end = refused(event, labelOf(event), new RecordTooLargeException("too large"));
        assertThat(end.isRetriable()).isFalse();
        assertThat(outputs.finalRefusal()).isSameAs(end);
    }

    @Test
    void otherEventsAreWrittenAsUsual() {
        RawEvent event = event(KEY, new byte[10], headers());
        refused(event, labelOf(event), new RecordTooLargeException("too large"));
        RawEvent other = event(3, 7);
        assertThat(records.of(other, labelOf(other)).sink()).isEqualTo(ClassifyProcessor.LABELS_SINK);
    }

    @Test
    void aRecordRefusedForAnotherRecordInItsBatchIsWrittenAsBefore() {
        RawEvent event = event(KEY, new byte[10], headers());
        OutcomeRefusedException failure = refused(
                event,
                labelOf(event),
                new KafkaException("Failed to append record because it was part of a batch which had one more more"
                        + " invalid records"));
        assertThat(failure.isRetriable()).isTrue();
        assertThat(records.of(event, labelOf(event)).sink()).isEqualTo(ClassifyProcessor.LABELS_SINK);
    }

    @Test
    void aMissingAclIsNoFaultOfTheRecord() {
        RawEvent event = event(KEY, new byte[10], headers());
        OutcomeRefusedException failure =
                refused(event, labelOf(event), new TopicAuthorizationException("Not authorized"));
        assertThat(failure.isRetriable()).isFalse();
        assertThat(failure).hasMessageContaining("image-events-2@7").hasMessageContaining("Not authorized");
        assertThat(records.of(event, labelOf(event)).sink()).isEqualTo(ClassifyProcessor.LABELS_SINK);
    }

    @Test
    void otherFailuresStayAsTheyAre() {
        TimeoutException failure = new TimeoutException("no answer");
        RawEvent event = event(KEY, new byte[10], headers());
        assertThat(outputs.explain(sent(records.of(event, labelOf(event))), failure))
                .isSameAs(failure);
    }
}
