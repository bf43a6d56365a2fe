package io.resnetstreams.events;

import static io.resnetstreams.events.RawEvent.headerText;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.PlainText;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * An event that could not be classified: its unchanged key, value and headers, and the reason. The header names are those of
 * KIP-1034, plus the stage and code of this pipeline.
 *
 * @param event the original event, without key, value and headers if they do not fit into a record of the dead-letter topic
 * @param hasContent whether the event has its original key, value and headers
 * @param part which of several images of the event it is for; null for an event with one image, or for a whole event
 */
public record DeadLetter(
        RawEvent event, Stage stage, String code, String reason, String exception, boolean hasContent, Part part)
        implements SingleOutcome {
    public static final String EXCEPTION_HEADER = "__streams.errors.exception";
    public static final String MESSAGE_HEADER = "__streams.errors.message";
    public static final String TOPIC_HEADER = "__streams.errors.topic";
    public static final String PARTITION_HEADER = "__streams.errors.partition";
    public static final String OFFSET_HEADER = "__streams.errors.offset";
    public static final String STAGE_HEADER = "resnet-streams.stage";
    public static final String CODE_HEADER = "resnet-streams.code";

    /** The event's timestamp in milliseconds since the epoch; the record's own differs if the topic refuses it. */
    public static final String TIMESTAMP_HEADER = "resnet-streams.timestamp";

    /** Whether the record has the event's key, value and headers: {@code complete} or {@code omitted}. */
    public static final String CONTENT_HEADER = "resnet-streams.content";

    private static final String COMPLETE = "complete";
    private static final String OMITTED = "omitted";

    /** In the order in which they are added; the headers of a backfill run may follow. */
    private static final List<String> ADDED_HEADERS = List.of(
            EXCEPTION_HEADER,
            MESSAGE_HEADER,
            TOPIC_HEADER,
            PARTITION_HEADER,
            OFFSET_HEADER,
            STAGE_HEADER,
            CODE_HEADER,
            TIMESTAMP_HEADER,
            CONTENT_HEADER);

    private static final List<String> RUN_HEADERS = List.of(RUN_HEADER, MODEL_HEADER);

    private static final List<String> PART_HEADERS = List.of(Part.HEADER);

    /** Keeps the headers that are added below 8 KiB, so that a dead letter without content fits everywhere. */
    private static final int MAX_REASON_CHARACTERS = 1_000;

    public DeadLetter {
        reason = PlainText.limited(reason, MAX_REASON_CHARACTERS);
    }

    /** Creates a dead letter with the event's content. */
    public DeadLetter(RawEvent event, Stage stage, String code, String reason, String exception) {
        this(event, stage, code, reason, exception, true, null);
    }

    /** Returns the dead letter of an event that was rejected. */
    public static DeadLetter of(RawEvent event, RejectedEventException rejection) {
        return of(event, rejection, null);
    }

    /** Returns the dead letter of an image of an event; the part is null if it is the only one. */
    public static DeadLetter of(RawEvent event, RejectedEventException rejection, Part part) {
        Throwable root = rejection.getCause() == null ? rejection : rejection.getCause();
        DeadLetter letter = new DeadLetter(
                event,
                rejection.stage(),
                rejection.code(),
                rejection.getMessage(),
                root.getClass().getName(),
                true,
                part);
        return EventReader.TOO_LARGE.equals(rejection.code()) ? letter.withoutContent("") : letter;
    }

    /** Returns it without key, value and headers; {@code why} ends the sentence about that: {@code , since ...}. */
    public DeadLetter withoutContent(String why) {
        String note = "; key, value and headers are left out here" + why;
        String kept = reason.length() + note.length() > MAX_REASON_CHARACTERS
                ? reason.substring(0, Math.max(0, MAX_REASON_CHARACTERS - note.length() - 1)) + "…"
                : reason;
        return new DeadLetter(event.withoutContent(), stage, code, kept + note, exception, false, part);
    }

    /** Returns the event's own headers, given those of its dead letter: all but the last ones, which were added. */
    public static List<Header> eventHeaders(Headers headers) {
        List<Header> all = List.of(headers.toArray());
        return without(ADDED_HEADERS, without(PART_HEADERS, without(RUN_HEADERS, all)));
    }

    /** Returns the headers before these names, if the headers end with them in this order. */
    private static List<Header> without(List<String> names, List<Header> headers) {
        int before = headers.size();
        for (int i = names.size() - 1;
                i >= 0 && before > 0 && headers.get(before - 1).key().equals(names.get(i));
                i--) {
            before--;
        }
        return headers.subList(0, before);
    }

    /** Returns which of several images of its event a record of the dead-letter topic is for, or null. */
    public static Part partOf(Headers headers) {
        List<Header> all = without(RUN_HEADERS, List.of(headers.toArray()));
        // A header of this name before the added ones is the event's own.
        boolean isAdded = !all.isEmpty() && all.get(all.size() - 1).key().equals(Part.HEADER);
        return isAdded ? Part.parse(headerText(new RecordHeaders(all), Part.HEADER)) : null;
    }

    /** Returns whether a record of the dead-letter topic has no key, value and headers of the event. */
    public static boolean isWithoutContent(Headers headers) {
        return OMITTED.equals(headerText(headers, CONTENT_HEADER));
    }

    /** Returns the event's position by a record's headers, if they have it; the timestamp may be the record's own. */
    public static Optional<SourcePosition> sourceOf(Headers headers, long recordTimestamp) {
        String topic = headerText(headers, TOPIC_HEADER);
        String partition = String.valueOf(headerText(headers, PARTITION_HEADER));
        String offset = String.valueOf(headerText(headers, OFFSET_HEADER));
        if (topic == null || !partition.matches("\\d{1,9}") || !offset.matches("\\d{1,18}")) {
            return Optional.empty();
        }
        String timestamp = headerText(headers, TIMESTAMP_HEADER);
        return Optional.of(new SourcePosition(
                topic,
                Integer.parseInt(partition),
                Long.parseLong(offset),
                timestamp == null || !timestamp.matches("-?\\d{1,18}") ? recordTimestamp : Long.parseLong(timestamp)));
    }

    @Override
    public int sourcePartition() {
        return event.source().partition();
    }

    @Override
    public byte[] recordValue() {
        return event.value();
    }

    /** Returns the event's own headers, followed by those with the reason. */
    public Headers headers() {
        SourcePosition source = event.source();
        Headers headers = new RecordHeaders(event.headers())
                .add(EXCEPTION_HEADER, bytes(exception))
                .add(MESSAGE_HEADER, bytes(reason))
                .add(TOPIC_HEADER, bytes(source.topic()))
                .add(PARTITION_HEADER, bytes(Integer.toString(source.partition())))
                .add(OFFSET_HEADER, bytes(Long.toString(source.offset())))
                .add(STAGE_HEADER, bytes(stage.wireName()))
                .add(CODE_HEADER, bytes(code))
                .add(TIMESTAMP_HEADER, bytes(Long.toString(source.timestamp())))
                .add(CONTENT_HEADER, bytes(hasContent ? COMPLETE : OMITTED));
        return part == null ? headers : headers.add(Part.HEADER, bytes(part.toString()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
