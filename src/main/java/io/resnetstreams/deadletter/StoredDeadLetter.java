package io.resnetstreams.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.common.PlainText;
import io.resnetstreams.common.Text;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.SourcePosition;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A record of the dead-letter topic. */
public record StoredDeadLetter(ConsumerRecord<byte[], byte[]> record) {
    /** How many times an event was sent back to the input topic. */
    public static final String RETRIES_HEADER = "resnet-streams.retries";

    /** Events that were sent back so often are not sent again, unless it is asked for. */
    public static final int MOST_RETRIES = 3;

    private static final int LONGEST_KEY = 200;
    private static final int LONGEST_TEXT = 1_000;

    /** What is told of it. */
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

    /** Returns its own place, such as {@code image-events-dlq-3@17}. */
    public String position() {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    public String stage() {
        return text(DeadLetter.STAGE_HEADER);
    }

    public String code() {
        return text(DeadLetter.CODE_HEADER);
    }

    /** Returns whether it holds its event; one too large to be written again it does not. */
    public boolean hasContent() {
        return !DeadLetter.isWithoutContent(record.headers());
    }

    /** Returns where the event came from; nothing where the headers don't say so, as in a record of another sender. */
    public Optional<SourcePosition> source() {
        return DeadLetter.sourceOf(record.headers(), record.timestamp());
    }

    /** Returns how many times it was sent back; 0 where the header is missing or no number. */
    public int retries() {
        return retries(record.headers());
    }

    /** Returns how many times an event with these headers was sent back. */
    static int retries(Headers headers) {
        String text = text(headers, RETRIES_HEADER);
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    }

    public Summary summary() {
        return new Summary(
                position(),
                shown(DeadLetter.TOPIC_HEADER) + "-" + shown(DeadLetter.PARTITION_HEADER) + "@"
                        + shown(DeadLetter.OFFSET_HEADER),
                record.key() == null ? null : Text.shorten(new String(record.key(), UTF_8), LONGEST_KEY),
                shown(DeadLetter.STAGE_HEADER),
                shown(DeadLetter.CODE_HEADER),
                shown(DeadLetter.MESSAGE_HEADER),
                shown(DeadLetter.EXCEPTION_HEADER),
                retries(),
                record.value() == null ? 0 : record.value().length);
    }

    /** Returns the event's own headers, without those that said why it is here, and with one more retry. */
    public Headers headersForReplay() {
        return withOneMoreRetry(DeadLetter.eventHeaders(record.headers()));
    }

    /** Returns an event's own headers with one more retry. */
    static Headers withOneMoreRetry(Iterable<Header> eventHeaders) {
        Headers headers = new RecordHeaders(eventHeaders);
        int retries = retries(headers);
        return headers.remove(RETRIES_HEADER)
                .add(RETRIES_HEADER, Integer.toString(retries + 1).getBytes(UTF_8));
    }

    /** A record of another sender may have anything there. */
    private String shown(String name) {
        return PlainText.limited(text(name), LONGEST_TEXT);
    }

    private String text(String name) {
        return text(record.headers(), name);
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? "unknown" : new String(header.value(), UTF_8);
    }
}
