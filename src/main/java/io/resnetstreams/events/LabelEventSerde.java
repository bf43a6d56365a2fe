package io.resnetstreams.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/** Label events as JSON, in the form of {@code topology/label-event.schema.json}. Thread-safe. */
public final class LabelEventSerde {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final ObjectWriter WRITER = JSON.writerFor(LabelEvent.class);
    private static final ObjectReader READER = JSON.readerFor(LabelEvent.class);

    private LabelEventSerde() {}

    /** Returns a deserializer that throws {@link SerializationException} if a value is not a label event. */
    public static Deserializer<LabelEvent> deserializer() {
        return (topic, bytes) -> bytes == null ? null : read(topic, bytes);
    }

    /** Returns a label event that has all of its parts; otherwise throws a {@link SerializationException} with the reason. */
    public static LabelEvent complete(String topic, byte[] value) {
        LabelEvent event = value == null ? null : read(topic, value);
        if (event == null || event.missing() != null) {
            throw new SerializationException(
                    event == null ? "no label event" : "a label event without " + event.missing());
        }
        return event;
    }

    static byte[] write(LabelEvent event) {
        try {
            return WRITER.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new SerializationException("cannot write the label of " + event.source(), e);
        }
    }

    private static LabelEvent read(String topic, byte[] bytes) {
        try {
            return READER.readValue(bytes);
        } catch (IOException e) {
            throw new SerializationException("a value on " + topic + " is not a label event", e);
        }
    }
}
