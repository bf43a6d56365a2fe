package io.resnetstreams.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.common.PlainText;
import io.resnetstreams.common.Text;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A record of the dead-letter topic. */
public record StoredDeadLetter(ConsumerRecord<byte[], byte[]> record) {
    /** The number of times that an event was resent to the input topic. */
    public static final String RETRIES_HEADER = "resnet-streams.retries";

    /** By default, an event is not resent more often than this. */
    public static final int MAX_RETRIES = 3;

    private static final int MAX_KEY_LENGTH = 200;
    private static final int MAX_TEXT_LENGTH = 1_000;

    /** The facts that commands print. */
    @JsonPropertyOrder({"position", "source", "key", "stage", "code", "reason", "exception", "retries", "bytes"})
    public record Summary(
            String position,
            String source,
            String key,
            String stage,
            String code,
            String reason,
            String exception,
            int retries,
            int bytes) {}

    /** Returns its own position, such as {@code image-events-dlq-3@17}. */
    public String position() {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    /** Returns the stage at which the event failed. */
    public String stage() {
        return text(DeadLetter.STAGE_HEADER);
    }

    /** Returns the code of the failure. */
    public String code() {
        return text(DeadLetter.CODE_HEADER);
    }

    /** Returns whether it has the content of its event; an event that was too large is left out. */
    public boolean hasContent() {
        return !DeadLetter.isWithoutContent(record.headers());
    }

    /** Returns the position of the event, if the headers have it. */
    public Optional<SourcePosition> source() {
        return DeadLetter.sourceOf(record.headers(), record.timestamp());
    }

    /** Returns the number of times that it was resent; 0 if the header is missing or malformed. */
    public int retries() {
        return retries(record.headers());
    }

    static int retries(Headers headers) {
        String text = text(headers, RETRIES_HEADER);
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    }

    /** Returns the facts that commands print. */
    public Summary summary() {
        return new Summary(
                position(),
                shown(DeadLetter.TOPIC_HEADER) + "-" + shown(DeadLetter.PARTITION_HEADER) + "@"
                        + shown(DeadLetter.OFFSET_HEADER),
                record.key() == null ? null : Text.shorten(new String(record.key(), UTF_8), MAX_KEY_LENGTH),
                shown(DeadLetter.STAGE_HEADER),
                shown(DeadLetter.CODE_HEADER),
                shown(DeadLetter.MESSAGE_HEADER),
                shown(DeadLetter.EXCEPTION_HEADER),
                retries(),
                record.value() == null ? 0 : record.value().length);
    }

    /** Returns the event's own headers, without those of the dead letter, with one more retry, and with the image that it is for. */
    public Headers headersForResend() {
        Headers own = new RecordHeaders(DeadLetter.eventHeaders(record.headers()));
        return withOneMoreRetry(Part.marked(own, DeadLetter.partOf(record.headers())));
    }

    static Headers withOneMoreRetry(Headers eventHeaders) {
        Headers headers = new RecordHeaders(eventHeaders);
        int retries = retries(headers);
        return headers.remove(RETRIES_HEADER)
                .add(RETRIES_HEADER, Integer.toString(retries + 1).getBytes(UTF_8));
    }

    /** Returns sanitised text, since other producers may write anything. */
    private String shown(String name) {
        return PlainText.limited(text(name), MAX_TEXT_LENGTH);
    }

    private String text(String name) {
        return text(record.headers(), name);
    }

    private static String text(Headers headers, String name) {
        return Objects.requireNonNullElse(RawEvent.headerText(headers, name), "unknown");
    }
}
