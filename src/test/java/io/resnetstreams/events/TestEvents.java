package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Creates events and outcomes for tests. */
public final class TestEvents {
    public static final String TOPIC = "image-events";
    public static final ModelReference MODEL = new ModelReference("resnet20", "ab".repeat(32));

    private TestEvents() {}

    /** Returns an event with a unique key and a value of three bytes. */
    public static RawEvent event(int partition, long offset) {
        return new RawEvent(
                new SourcePosition(TOPIC, partition, offset, 1_700_000_000_000L + offset),
                ("key-" + offset).getBytes(UTF_8),
                new byte[] {1, 2, 3},
                new RecordHeaders());
    }

    public static RawEvent event(byte[] key, byte[] value, Headers headers) {
        return new RawEvent(new SourcePosition(TOPIC, 2, 7, 1_700_000_000_000L), key, value, headers);
    }

    /** Returns headers from alternating names and values. */
    public static Headers headers(String... namesAndValues) {
        RecordHeaders headers = new RecordHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
        }
        return headers;
    }

    public static EncodedLabel labelOf(RawEvent event) {
        return LabelEncoder.JSON.encode(
                event, new LabelEvent("id", List.of(new Label("cat", 3, 0.75f)), MODEL, event.source()));
    }

    /** Returns the label of an event without headers. */
    public static EncodedLabel encoded(LabelEvent label) {
        return LabelEncoder.JSON.encode(new RawEvent(label.source(), null, null, new RecordHeaders()), label);
    }

    public static DeadLetter deadLetterOf(RawEvent event) {
        return DeadLetter.of(event, new RejectedEventException(Stage.DECODE, "corrupt", "the image is broken"));
    }
}
