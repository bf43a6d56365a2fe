package io.resnetstreams.events;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/** The value of a record on the labels topic, best label first, as {@code label-event.schema.json} describes it. */
@JsonPropertyOrder({"id", "labels", "model", "source"})
public record LabelEvent(String id, List<Label> labels, ModelReference model, SourcePosition source) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final ObjectWriter WRITER = JSON.writerFor(LabelEvent.class);
    private static final ObjectReader READER = JSON.readerFor(LabelEvent.class);

    public LabelEvent {
        labels = List.copyOf(labels);
    }

    /** Returns a thread-safe deserializer that throws {@link SerializationException} if a value is not a label event. */
    public static Deserializer<LabelEvent> deserializer() {
        return (topic, bytes) -> {
            try {
                return bytes == null ? null : READER.readValue(bytes);
            } catch (IOException e) {
                throw new SerializationException("a value on " + topic + " is not a label event", e);
            }
        };
    }

    /** Returns a label event that has all of its parts; otherwise throws a {@link SerializationException} with the reason. */
    public static LabelEvent complete(String topic, byte[] value) {
        LabelEvent event = deserializer().deserialize(topic, value);
        if (event == null || event.missing() != null) {
            throw new SerializationException(
                    event == null ? "no label event" : "a label event without " + event.missing());
        }
        return event;
    }

    byte[] toJson() {
        try {
            return WRITER.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new SerializationException("cannot write the label of " + source, e);
        }
    }

    /** Returns which required field is missing, as in a record of another sender, or null if the event is complete. */
    public String missing() {
        if (id == null) {
            return "id";
        }
        if (labels.isEmpty() || labels.get(0).label() == null) {
            return "label";
        }
        boolean isPosition =
                source != null && source.topic() != null && source.partition() >= 0 && source.offset() >= 0;
        return isPosition ? null : "source";
    }

    /** A class of the model, its number from 0 in the synset, and its probability between 0 and 1. */
    @JsonPropertyOrder({"label", "index", "probability"})
    public record Label(String label, int index, double probability) {}

    /** The model that determined the labels; the digest is SHA-256 over its files, in hexadecimal. */
    @JsonPropertyOrder({"name", "digest"})
    public record ModelReference(String name, String digest) {}
}
