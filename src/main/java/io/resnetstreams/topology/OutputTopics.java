package io.resnetstreams.topology;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.topology.TopicCheck.TopicFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * The topics that outcomes are written to: their limits, as far as they are known, and the outcomes that they refused. A
 * refused outcome is written in another form when its event is reprocessed.
 *
 * <p>Threading: thread-safe. Stream threads read, producers' threads report refusals, one other thread sets limits.
 */
final class OutputTopics {
    /** If there are more, the oldest are dropped; each of them then causes another refusal. */
    private static final int MAX_REFUSALS = 10_000;

    private static final String REFUSED_WITH_BATCH = "Failed to append record because it was part of a batch";

    private final Topics topics;
    private final long maxRequestBytes;
    private final Map<Event, Refusal> refused = new LinkedHashMap<>();
    private volatile boolean anyRefused;
    private volatile OutputLimits labels;
    private volatile OutputLimits deadLetters;
    private volatile OutcomeRefusedException finalRefusal;

    /** An event, or one of its images. */
    private record Event(int partition, long offset, Part part) {}

    /** The forms in which an outcome can be written, from the usual one to the one that every topic accepts. */
    enum OutcomeForm {
        /** The label, or the dead letter with its event's content and timestamp. */
        WHOLE,
        /** A dead letter with its event's content. */
        DEAD_LETTER,
        /** A dead letter without its event's content. */
        WITHOUT_CONTENT
    }

    /** The form in which an outcome must be written, and what the broker said about the previous form, or null. */
    record Refusal(OutcomeForm form, String cause) {
        static final Refusal NONE = new Refusal(OutcomeForm.WHOLE, null);
    }

    OutputTopics(Topics topics, long maxRequestBytes) {
        this.topics = topics;
        this.maxRequestBytes = maxRequestBytes;
        this.labels = OutputLimits.ofRequests(maxRequestBytes);
        this.deadLetters = labels;
    }

    Topics topics() {
        return topics;
    }

    void set(TopicFacts labelsFacts, TopicFacts deadLettersFacts) {
        labels = OutputLimits.of(labelsFacts, maxRequestBytes);
        deadLetters = OutputLimits.of(deadLettersFacts, maxRequestBytes);
    }

    OutputLimits labels() {
        return labels;
    }

    OutputLimits deadLetters() {
        return deadLetters;
    }

    /** Returns the form in which the outcome of an event, or of one of its images, must be written, and why. */
    Refusal refusal(SourcePosition source, Part part) {
        if (!anyRefused) {
            return Refusal.NONE;
        }
        synchronized (refused) {
            return refused.getOrDefault(new Event(source.partition(), source.offset(), part), Refusal.NONE);
        }
    }

    /**
     * Translates a failure to write a record. If the record itself was refused, the next outcome of its event is written in
     * another form; other failures are returned unchanged.
     */
    Exception explain(ProducerRecord<byte[], byte[]> record, Exception failure) {
        boolean isOfSameBatch = failure.getClass() == KafkaException.class
                && String.valueOf(failure.getMessage()).startsWith(REFUSED_WITH_BATCH);
        if (isOfSameBatch) {
            return refusal(record, "another record of its batch was refused", true, failure);
        }
        if (failure instanceof AuthorizationException) {
            return refusal(record, failure.getMessage(), false, failure);
        }
        if (!(failure instanceof RecordTooLargeException
                || failure instanceof InvalidTimestampException
                || failure instanceof InvalidRecordException)) {
            return failure;
        }
        boolean retriable = noteRefusal(record, failure.getMessage());
        return refusal(record, failure.getMessage(), retriable, failure);
    }

    /** Returns whether another form is left. */
    private boolean noteRefusal(ProducerRecord<byte[], byte[]> record, String cause) {
        Optional<Event> source = source(record);
        boolean isLabel = record.topic().equals(topics.labels());
        if (source.isEmpty() || !isLabel && DeadLetter.isWithoutContent(record.headers())) {
            return false;
        }
        synchronized (refused) {
            refused.merge(
                    source.get(),
                    new Refusal(isLabel ? OutcomeForm.DEAD_LETTER : OutcomeForm.WITHOUT_CONTENT, cause),
                    (before, now) -> before.form().compareTo(now.form()) > 0 ? before : now);
            if (refused.size() > MAX_REFUSALS) {
                refused.remove(refused.keySet().iterator().next());
            }
            anyRefused = true;
        }
        return true;
    }

    /**
     * Returns the first refusal after which no other form is left, or null. The failure that Kafka Streams reports may be
     * that of another record of the same batch.
     */
    OutcomeRefusedException finalRefusal() {
        return finalRefusal;
    }

    private OutcomeRefusedException refusal(
            ProducerRecord<byte[], byte[]> record, String cause, boolean retriable, Exception failure) {
        OutcomeRefusedException refusal = new OutcomeRefusedException(
                "topic " + record.topic() + ", partition " + record.partition() + ", refused the outcome of "
                        + source(record)
                                .map(event -> topics.input() + "-" + event.partition + "@" + event.offset)
                                .orElse("an event")
                        + " (" + RecordSize.of(record.key(), record.value(), record.headers()) + " bytes): " + cause,
                retriable,
                failure);
        if (!retriable && finalRefusal == null) {
            finalRefusal = refusal;
        }
        return refusal;
    }

    private Optional<Event> source(ProducerRecord<byte[], byte[]> record) {
        if (record.topic().equals(topics.labels())) {
            LabelEvent.Source source = LabelEvent.deserializer()
                    .deserialize(record.topic(), record.value())
                    .origin();
            return Optional.of(new Event(source.partition(), source.offset(), source.onePart()));
        }
        return DeadLetter.sourceOf(record.headers(), record.timestamp())
                .map(source -> new Event(source.partition(), source.offset(), DeadLetter.partOf(record.headers())));
    }
}
