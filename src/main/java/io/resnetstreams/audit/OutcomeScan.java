package io.resnetstreams.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.Digests;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** Parses records for a {@link TopicAudit}; outcomes of another input topic are left out. */
public final class OutcomeScan {
    private final TopicAudit audit;
    private final String inputTopic;
    private final OfflineOutcomes offline;
    private final EventReader reader;

    public OutcomeScan(TopicAudit audit, String inputTopic) {
        this(
                audit,
                inputTopic,
                new OfflineOutcomes(),
                new ConfigurationLoader().load().eventReader());
    }

    /** Compares outcomes with those found offline, by the event ids that the reader determines. */
    public OutcomeScan(TopicAudit audit, String inputTopic, OfflineOutcomes offline, EventReader reader) {
        this.audit = audit;
        this.inputTopic = inputTopic;
        this.offline = offline;
        this.reader = reader;
    }

    /** Takes a record of the labels topic. */
    public void label(ConsumerRecord<byte[], byte[]> record) {
        try {
            LabelEvent event = LabelEvent.complete(record.topic(), record.value());
            if (event.source().topic().equals(inputTopic)) {
                audit.label(place(record), event.source(), event.origin().onePart());
                OfflineOutcomes.Outcome actual =
                        new OfflineOutcomes.Outcome(event.labels().get(0).label());
                offline.of(event.id()).ifPresent(outcome -> audit.judge(event.source(), outcome, actual));
            }
        } catch (SerializationException e) {
            audit.malformed(place(record), record.offset(), e.getMessage());
        }
    }

    /** Takes a record of the dead-letter topic. */
    public void deadLetter(ConsumerRecord<byte[], byte[]> record) {
        // A timestamp that the broker assigned is not the event's.
        long timestamp = record.timestampType() == TimestampType.CREATE_TIME ? record.timestamp() : -1;
        Optional<SourcePosition> source = DeadLetter.sourceOf(record.headers(), timestamp);
        if (source.isEmpty()) {
            audit.malformed(place(record), record.offset(), "no source position in its headers");
        } else if (source.get().topic().equals(inputTopic)) {
            boolean hasContent = !DeadLetter.isWithoutContent(record.headers());
            List<Header> own = DeadLetter.eventHeaders(record.headers());
            audit.deadLetter(
                    place(record),
                    source.get(),
                    DeadLetter.partOf(record.headers()),
                    hasContent ? digest(record, own) : null);
            RawEvent event = new RawEvent(source.get(), record.key(), record.value(), record.headers());
            offline.of(reader.id(event))
                    .ifPresent(outcome -> audit.judge(source.get(), outcome, OfflineOutcomes.DEAD_LETTER));
        }
    }

    /** Takes a record of the input topic, after all outcomes. */
    public void event(ConsumerRecord<byte[], byte[]> record) {
        SourcePosition source = position(record);
        audit.event(source, audit.needsDigest(source) ? digest(record, record.headers()) : null);
    }

    /** Returns the position of a record of the input topic. */
    public static SourcePosition position(ConsumerRecord<byte[], byte[]> record) {
        return new SourcePosition(record.topic(), record.partition(), record.offset(), record.timestamp());
    }

    static String place(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition();
    }

    private static byte[] digest(ConsumerRecord<byte[], byte[]> record, Iterable<Header> headers) {
        MessageDigest digest = Digests.sha256();
        update(digest, record.key());
        update(digest, record.value());
        for (Header header : headers) {
            update(digest, header.key().getBytes(UTF_8));
            update(digest, header.value());
        }
        return digest.digest();
    }

    /** Distinguishes a missing part from an empty one. */
    private static void update(MessageDigest digest, byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES)
                .putInt(part == null ? -1 : part.length)
                .array());
        digest.update(part == null ? new byte[0] : part);
    }
}
