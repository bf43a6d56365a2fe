package io.resnetstreams.events;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * The value of a record on the labels topic.
 *
 * @param labels the most probable labels, best first
 */
@JsonPropertyOrder({"id", "labels", "model", "source"})
public record LabelEvent(String id, List<Label> labels, ModelReference model, SourcePosition source) {
    public LabelEvent {
        labels = List.copyOf(labels);
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

    /**
     * A class of the model and its probability.
     *
     * @param index the class's number, counted from 0 in the model's synset
     * @param probability between 0 and 1
     */
    @JsonPropertyOrder({"label", "index", "probability"})
    public record Label(String label, int index, double probability) {}

    /**
     * The model that determined the labels.
     *
     * @param digest SHA-256 over the model's files, in hexadecimal
     */
    @JsonPropertyOrder({"name", "digest"})
    public record ModelReference(String name, String digest) {}
}
