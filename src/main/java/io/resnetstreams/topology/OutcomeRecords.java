package io.resnetstreams.topology;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.SingleOutcome;
import io.resnetstreams.events.Stage;
import io.resnetstreams.topology.OutputTopics.OutcomeForm;
import io.resnetstreams.topology.OutputTopics.Refusal;
import java.util.function.LongSupplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Creates the record of an outcome so that its topic accepts it: an event whose label would be refused gets a dead
 * letter, and a dead letter that would be too large omits the key, value and headers of its event. Used by the stream
 * thread only.
 */
final class OutcomeRecords {
    private final OutputTopics outputs;
    private final Replay replay;
    private final LongSupplier millisClock;

    /** The outcome that is written, which may differ from the one given, and the name of the topology's sink. */
    record OutcomeRecord(SingleOutcome outcome, String sink, Record<byte[], SingleOutcome> record) {}

    OutcomeRecords(OutputTopics outputs, Replay replay, LongSupplier millisClock) {
        this.outputs = outputs;
        this.replay = replay;
        this.millisClock = millisClock;
    }

    OutcomeRecord of(RawEvent event, SingleOutcome outcome) {
        return outcome instanceof DeadLetter letter
                ? deadLetter(letter, outputs.refusal(event.source(), letter.part()))
                : label(event, (EncodedLabel) outcome);
    }

    private OutcomeRecord label(RawEvent event, EncodedLabel label) {
        Part part = label.event().origin().onePart();
        Refusal refusal = outputs.refusal(event.source(), part);
        OutputLimits limits = outputs.labels();
        Headers headers = replay.marked(label.headers());
        try {
            requireWritable(event, label, headers, limits, refusal);
        } catch (RejectedEventException e) {
            return deadLetter(DeadLetter.of(event, e, part), refusal);
        }
        long timestamp = limits.timestamp(event.source().timestamp(), millisClock.getAsLong());
        return new OutcomeRecord(
                label, ClassifyProcessor.LABELS_SINK, new Record<>(event.key(), label, timestamp, headers));
    }

    private static void requireWritable(
            RawEvent event, EncodedLabel label, Headers headers, OutputLimits limits, Refusal refusal)
            throws RejectedEventException {
        if (refusal.form() != OutcomeForm.WHOLE) {
            throw rejected("label_refused", "the labels topic refused the label: " + refusal.cause());
        }
        if (limits.needsKey() && event.key() == null) {
            throw rejected("label_without_key", "the event has no key; the labels topic is compacted, so it needs one");
        }
        // The upper bound comes first, since measuring each header costs more than the rest of this method.
        boolean fits = headers == label.headers()
                && RecordSize.atMost(event.key(), label.value(), label.headerCount(), label.headerBytes())
                        <= limits.maxBytes();
        long bytes = fits ? 0 : RecordSize.of(event.key(), label.value(), headers);
        if (bytes > limits.maxBytes()) {
            throw rejected(
                    "label_too_large",
                    "the label with the event's key and headers has " + bytes + " bytes; " + limits.setting());
        }
    }

    private static RejectedEventException rejected(String code, String reason) {
        return new RejectedEventException(Stage.LIMITS, code, reason);
    }

    private OutcomeRecord deadLetter(DeadLetter letter, Refusal refusal) {
        OutputLimits limits = outputs.deadLetters();
        if (letter.hasContent() && refusal.form() == OutcomeForm.WITHOUT_CONTENT) {
            return deadLetter(letter.withoutContent(", since the topic refused them: " + refusal.cause()), refusal);
        }
        Headers headers = replay.marked(letter.headers());
        if (letter.hasContent()) {
            long bytes = RecordSize.of(letter.event().key(), letter.recordValue(), headers);
            if (bytes > limits.maxBytes()) {
                return deadLetter(
                        letter.withoutContent(", since with them it has " + bytes + " bytes and " + limits.setting()),
                        refusal);
            }
        }
        long now = millisClock.getAsLong();
        long timestamp = refusal.form() == OutcomeForm.WHOLE
                ? limits.timestamp(letter.event().source().timestamp(), now)
                : now;
        return new OutcomeRecord(
                letter,
                ClassifyProcessor.DEAD_LETTERS_SINK,
                // The dead letter's own key, which may be omitted.
                new Record<>(letter.event().key(), letter, timestamp, headers));
    }
}
