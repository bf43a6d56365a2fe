package io.resnetstreams.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * The value of a record on the labels topic, as {@code label-event.schema.json} and {@code label-event.avsc} describe it.
 *
 * @param label the most probable class; null if its probability is below the threshold
 * @param probability the probability of the most probable class
 * @param labels the most probable classes, best first
 * @param origin the event, and its image
 * @param embedding the image's vector in front of the network's last layer; null unless it is configured
 */
@JsonPropertyOrder({"id", "label", "probability", "labels", "model", "source", "embedding"})
public record LabelEvent(
        String id,
        String label,
        Float probability,
        List<Label> labels,
        ModelReference model,
        @JsonProperty("source") Source origin,
        @JsonInclude(JsonInclude.Include.NON_NULL) Embedding embedding) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final ObjectReader READER = JSON.readerFor(LabelEvent.class);

    public LabelEvent {
        labels = List.copyOf(labels);
    }

    /** Creates a label event for the only image of an event, whose label is the most probable class. */
    public LabelEvent(String id, List<Label> labels, ModelReference model, SourcePosition source) {
        this(
                id,
                labels.isEmpty() ? null : labels.get(0).label(),
                labels.isEmpty() ? null : labels.get(0).probability(),
                labels,
                model,
                Source.of(source, null, null),
                null);
    }

    /**
     * Returns a thread-safe deserializer of JSON and Avro that throws {@link SerializationException} if a value is not a label
     * event. Avro is read without a schema registry.
     */
    public static Deserializer<LabelEvent> deserializer() {
        return (topic, bytes) -> {
            try {
                return bytes == null ? null : read(bytes);
            } catch (IOException e) {
                throw new SerializationException("a value on " + topic + " is not a label event", e);
            }
        };
    }

    private static LabelEvent read(byte[] bytes) throws IOException {
        if (bytes.length > 0 && bytes[0] == 0) {
            return READER.readValue(AvroLabels.decode(bytes));
        }
        try {
            return READER.readValue(bytes);
        } catch (JsonProcessingException e) {
            JsonNode tree = JSON.readTree(bytes);
            // Kafka Connect's envelope.
            if (tree != null && tree.has("schema") && tree.has("payload")) {
                return READER.readValue(tree.get("payload"));
            }
            throw e;
        }
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
            return LabelJson.write(this);
        } catch (IOException e) {
            throw new SerializationException("cannot write the label of " + origin, e);
        }
    }

    /** Returns the event's position. */
    public SourcePosition source() {
        return origin == null ? null : origin.position();
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
                origin != null && origin.topic() != null && origin.partition() >= 0 && origin.offset() >= 0;
        return isPosition ? null : "source";
    }

    /** A class of the model, its number from 0 in the synset, and its probability between 0 and 1. */
    @JsonPropertyOrder({"label", "index", "probability"})
    public record Label(String label, int index, float probability) {}

    /** The model that determined the labels; the digest is SHA-256 over its files, in hexadecimal. */
    @JsonPropertyOrder({"name", "digest"})
    public record ModelReference(String name, String digest) {}

    /**
     * The event of a label.
     *
     * @param timestamp in milliseconds since the epoch
     * @param part which image of the event it is, from 1; null if the event has one image
     * @param parts the number of images of the event; null if it has one
     * @param image the image that the event refers to; null if the event contains it
     */
    @JsonPropertyOrder({"topic", "partition", "offset", "timestamp", "part", "parts", "image"})
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Source(
            String topic, int partition, long offset, long timestamp, Integer part, Integer parts, SourceImage image) {
        /** Returns the source of a label; the part is null for the only image of an event. */
        public static Source of(SourcePosition position, Part part, SourceImage image) {
            return new Source(
                    position.topic(),
                    position.partition(),
                    position.offset(),
                    position.timestamp(),
                    part == null ? null : part.number(),
                    part == null ? null : part.of(),
                    image);
        }

        /** Returns the event's position. */
        public SourcePosition position() {
            return new SourcePosition(topic, partition, offset, timestamp);
        }

        /** Returns which of several images of the event it is, or null. */
        public Part onePart() {
            return part == null || parts == null || part < 1 || part > parts ? null : new Part(part, parts);
        }
    }

    /** The URI of an image, and the SHA-256 in hexadecimal of the file that was fetched. */
    @JsonPropertyOrder({"uri", "sha256"})
    public record SourceImage(String uri, String sha256) {}
}
