package io.resnetstreams.inference;

import io.resnetstreams.events.Embedding;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.LabelEvent.Source;
import io.resnetstreams.events.LabelEvent.SourceImage;
import io.resnetstreams.events.LabelSettings;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.model.network.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Makes labels from the rows that a network returns. Thread-safe. */
public final class LabelFactory {
    private final LabelRanking ranking;
    private final ModelReference model;
    private final LabelSettings settings;
    private final LabelEncoder encoder;

    /** Makes labels of a model. */
    public LabelFactory(LabelRanking ranking, ModelReference model, LabelEncoder encoder) {
        this.ranking = ranking;
        this.model = model;
        this.settings = encoder.settings();
        this.encoder = encoder;
    }

    /**
     * Returns the label of an image.
     *
     * @param id the image's id
     * @param part which of several images of the event it is, or null
     * @param image the image that the event refers to; null if the event contains it
     * @param row the probabilities of the classes, then the embedding, if labels have one
     * @throws RejectedEventException if the label can't be written
     */
    EncodedLabel of(RawEvent event, String id, Part part, SourceImage image, float[] row)
            throws RejectedEventException {
        List<Label> labels = ranking.best(row);
        Label best = labels.get(0);
        Embedding embedding = settings.hasEmbedding()
                ? embedding(
                        settings.embeddingType(),
                        Arrays.copyOfRange(row, ranking.synset().size(), row.length))
                : null;
        LabelEvent label = new LabelEvent(
                id,
                best.probability() < settings.threshold() ? null : best.label(),
                best.probability(),
                labels,
                model,
                Source.of(event.source(), part, image),
                embedding);
        try {
            return encoder.encode(event, label);
        } catch (RuntimeException e) {
            // The labels come from the model, so the event's id is what can't be written.
            throw new RejectedEventException(Stage.CLASSIFY, "label", "the label can't be written: " + e, e);
        }
    }

    static Embedding embedding(Embedding.Type type, float[] vector) {
        int bytes = type == Embedding.Type.FP16 ? Short.BYTES : Float.BYTES;
        ByteBuffer values = ByteBuffer.allocate(vector.length * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : vector) {
            if (type == Embedding.Type.FP16) {
                values.putShort(HalfPrecision.bits(value));
            } else {
                values.putFloat(value);
            }
        }
        return new Embedding(type, vector.length, values.array());
    }
}
